/** A server-sent event, as a client reads it. */
export interface Sent {
  id: string
  event: string
  data: Record<string, unknown>
}

/** A stream of progress that is being read. */
export interface Follower {
  status: number
  headers: Headers
  /** Events received so far. */
  events: Sent[]
  comments: string[]
  names(): string[]
  /** Resolves when the service ends the stream, rejects when the connection breaks. */
  ended: Promise<void>
  /** Closes the connection. */
  leave(): void
}

/** Follows a job, from the beginning or after the event with the id `last`. */
export async function follow(
  url: string,
  job: string,
  last?: string,
  headers: Record<string, string> = {},
): Promise<Follower> {
  const leaving = new AbortController()
  const response = await fetch(`${url}/api/processing/cache-sync/events/${job}`, {
    signal: leaving.signal,
    headers: { ...headers, ...(last === undefined ? {} : { 'last-event-id': last }) },
  })
  const events: Sent[] = []
  const comments: string[] = []
  const read = async (): Promise<void> => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true })
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const block = text.slice(0, end)
        text = text.slice(end + 2)
        if (block.startsWith(':')) comments.push(block)
        else if (!block.startsWith('retry:')) events.push(parse(block))
      }
    }
  }
  const ended = response.ok ? read() : Promise.resolve()
  ended.catch(() => undefined)
  return {
    status: response.status,
    headers: response.headers,
    events,
    comments,
    ended,
    names: () => events.map(({ event }) => event),
    leave: () => leaving.abort(),
  }
}

function parse(block: string): Sent {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ')
      return [line.slice(0, at), line.slice(at + 2)]
    }),
  )
  return {
    id: fields.get('id') ?? '',
    event: fields.get('event') ?? '',
    data: JSON.parse(fields.get('data') ?? 'null') as Record<string, unknown>,
  }
}
