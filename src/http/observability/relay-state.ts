import { SinkError, type Accepted, type Sink } from '../../relay/sink.js'

/** States of the relay in this process: `standby` while another process publishes, `failed` once it has given up. */
export const RELAY_STATES = ['starting', 'working', 'standby', 'unavailable', 'failed', 'stopped'] as const
export type RelayState = (typeof RELAY_STATES)[number]

/** Tracks the state of the relay in this process by the results of its sink. */
export class RelayWatch {
  /** Events that Redis has accepted since the start. */
  published = 0
  /** Reason for the state, if the relay is not working. */
  reason: string | undefined
  #state: RelayState = 'starting'

  get state(): RelayState {
    return this.#state
  }

  /** Sets a state that the results of the sink do not show. */
  setState(state: RelayState, reason?: string): void {
    this.#state = state
    this.reason = reason
  }

  /** Wraps a sink so that its results are tracked. */
  wrap(sink: Sink): Sink {
    return {
      name: sink.name,
      ready: () => this.#track(sink.ready()),
      publish: async (batch) => this.#count(await this.#track(sink.publish(batch))),
      close: () => sink.close(),
    }
  }

  async #track<T>(result: Promise<T>): Promise<T> {
    try {
      const value = await result
      this.setState('working')
      return value
    } catch (error) {
      this.setState(
        error instanceof SinkError ? 'unavailable' : 'failed',
        error instanceof Error ? error.message : '',
      )
      throw error
    }
  }

  #count(accepted: Accepted): Accepted {
    this.published += accepted.count
    if (accepted.error !== undefined) this.setState('unavailable', accepted.error.message)
    return accepted
  }
}
