/** An event of a text/event-stream. */
export interface ServerEvent {
  /** Last id received, for Last-Event-ID. */
  id: string | undefined
  event: string
  data: string
}

/** Parses a text/event-stream in chunks of any size. */
export class EventParser {
  #rest = ''
  #id: string | undefined
  /** Id of the incomplete event; it counts once the event is complete. */
  #next: string | undefined
  #event = ''
  #data: string[] = []

  /** Id of the last event. */
  get lastId(): string | undefined {
    return this.#id
  }

  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = []
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        this.#id = this.#next
        if (this.#data.length > 0) events.push(this.#complete())
        this.#event = ''
        this.#data = []
      } else this.#field(line)
    }
    return events
  }

  /** Discards the incomplete event but keeps the last id, to resume the stream after it. */
  restart(): void {
    this.#rest = ''
    this.#next = this.#id
    this.#event = ''
    this.#data = []
  }

  #complete(): ServerEvent {
    return { id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') }
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') this.#data.push(value)
    else if (name === 'event') this.#event = value
    else if (name === 'id') this.#next = value
  }
}
