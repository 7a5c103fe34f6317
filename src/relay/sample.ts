import type { Accepted, RelayEvent, Sink } from './sink.js'

const SHOWN = 3
const WIDTH = 150

/** Accepts every event and keeps a few to show: the quick start prints these instead of hundreds of lines. */
export class SampleSink implements Sink {
  readonly name = 'this terminal'
  private readonly counts = new Map<string, number>()
  private readonly latest = new Map<string, string>()

  ready(): Promise<void> {
    return Promise.resolve()
  }

  publish(batch: readonly RelayEvent[]): Promise<Accepted> {
    for (const { event, message } of batch) {
      this.counts.set(event, (this.counts.get(event) ?? 0) + 1)
      this.latest.set(event, message)
    }
    return Promise.resolve({ count: batch.length })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Formats the number of events of each kind, and the last message of some of them. */
  summary(): string {
    const counted = [...this.counts].map(([event, count]) => `${count} ${event}`).join(', ')
    const samples = [...this.latest.values()].slice(-SHOWN).map(shorten)
    return [`events: ${counted || 'none'}`, ...samples].join('\n')
  }
}

function shorten(message: string): string {
  return message.length <= WIDTH ? message : `${message.slice(0, WIDTH)} ...`
}
