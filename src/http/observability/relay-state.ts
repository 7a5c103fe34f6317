import { SinkError, type Accepted, type Sink } from '../../relay/sink.js'

/** What the relay in this process does; `standby` while another one publishes, `failed` when it has given up. */
export const RELAY_STATES = ['starting', 'working', 'standby', 'unavailable', 'failed', 'stopped'] as const
export type RelayState = (typeof RELAY_STATES)[number]

/** Watches the relay of this process through its sink. */
export class RelayWatch {
  /** Events that Redis took since the start. */
  published = 0
  /** Why it does not work, where it does not. */
  reason: string | undefined
  #state: RelayState = 'starting'

  get state(): RelayState {
    return this.#state
  }

  /** Records a state that the sink does not see. */
  become(state: RelayState, reason?: string): void {
    this.#state = state
    this.reason = reason
  }

  /** The same sink, watched. */
  around(sink: Sink): Sink {
    return {
      name: sink.name,
      ready: () => this.#see(sink.ready()),
      publish: async (batch) => this.#count(await this.#see(sink.publish(batch))),
      close: () => sink.close(),
    }
  }

  async #see<T>(answer: Promise<T>): Promise<T> {
    try {
      const value = await answer
      this.become('working')
      return value
    } catch (error) {
      this.become(
        error instanceof SinkError ? 'unavailable' : 'failed',
        error instanceof Error ? error.message : '',
      )
      throw error
    }
  }

  #count(accepted: Accepted): Accepted {
    this.published += accepted.count
    if (accepted.error !== undefined) this.become('unavailable', accepted.error.message)
    return accepted
  }
}
