import autocannon from 'autocannon'

/** What the readers are asked to do. */
export interface Reading {
  url: string
  headers: Record<string, string>
  /** What each reader asks for, in turns; as many readers as connections, these over and over. */
  readers: string[][]
  connections: number
  seconds: number
}

/** What came of it. */
export interface Read {
  requests: number
  seconds: number
  /** Answers by status. */
  statuses: Record<string, number>
  /** Connections that broke, answers that took too long, by reason. */
  errors: Record<string, number>
  /** Milliseconds. */
  p50: number
  p99: number
}

/** The service itself gives up after that long. */
const TIMEOUT_S = 30

// A process of its own, so that sending requests costs the service under test nothing but its share of the machine.
process.once('message', (reading: Reading) => {
  void run(reading).then((read) => process.send?.(read, () => process.disconnect()))
})

async function run({ url, headers, readers, connections, seconds }: Reading): Promise<Read> {
  const requests = readers.map((paths) => paths.map((path) => ({ method: 'GET' as const, path, headers })))
  const errors: Record<string, number> = {}
  const result = await new Promise<autocannon.Result>((done, failed) => {
    let started = 0
    const running = autocannon(
      {
        url,
        connections,
        requests: requests[0]!,
        duration: seconds,
        timeout: TIMEOUT_S,
        // Each reader begins with another path: all at a time would ask for the same.
        setupClient: (client) => {
          const own = requests[started % requests.length]!
          const first = started++ % own.length
          client.setRequests([...own.slice(first), ...own.slice(0, first)])
        },
      },
      (error: Error | null, counted) => (error ? failed(error) : done(counted)),
    )
    running.on('reqError', ({ message }: Error) => (errors[message] = (errors[message] ?? 0) + 1))
  })
  const statuses = Object.entries(result.statusCodeStats ?? {})
  return {
    requests: result.requests.total,
    seconds: result.duration,
    statuses: Object.fromEntries(statuses.map(([status, { count }]) => [status, count ?? 0])),
    errors,
    p50: result.latency.p50,
    p99: result.latency.p99,
  }
}
