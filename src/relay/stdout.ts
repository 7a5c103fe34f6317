import type { Writable } from 'node:stream'
import { SinkClosed, SinkError, type Accepted, type RelayEvent, type Sink } from './sink.js'

/** Writes each message as one line and waits until the batch is flushed. A closed pipe ends the relay without an error. */
export class StdoutSink implements Sink {
  readonly name = 'stdout'
  readonly #out: Writable
  #abort = (): void => undefined

  constructor(out: Writable = process.stdout) {
    this.#out = out
    // A failed write also calls its callback, where it is handled.
    out.on('error', () => undefined)
  }

  ready(): Promise<void> {
    return Promise.resolve()
  }

  async publish(batch: readonly RelayEvent[]): Promise<Accepted> {
    const text = batch.map(({ message }) => `${message}\n`).join('')
    await new Promise<void>((resolve, reject) => {
      this.#abort = () => reject(new SinkClosed('the reader of stdout does not read'))
      this.#out.write(text, (error) => {
        if (error) reject(writeError(error))
        else resolve()
      })
    })
    return { count: batch.length }
  }

  close(): Promise<void> {
    this.#abort()
    return Promise.resolve()
  }
}

function writeError(error: NodeJS.ErrnoException): Error {
  const gone = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED'
  return gone ? new SinkClosed('the reader of stdout has gone') : new SinkError(error.message)
}
