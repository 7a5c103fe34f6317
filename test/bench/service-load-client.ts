import autocannon from 'autocannon'

/** Load to generate. */
export interface Reading {
  url: string
  headers: Record<string, string>
  /** Paths that each reader requests in turn; the lists repeat if there are more connections than lists. */
  readers: string[][]
  connections: number
  seconds: number
}

/** Measurements of the requests. */
export interface Read {
  requests: number
  seconds: number
  /** Number of responses by status. */
  statuses: Record<string, number>
  /** Number of broken connections and timeouts, by reason. */
  errors: Record<string, number>
  /** Milliseconds. */
  p50: number
  p99: number
}

/** Request timeout of the service. */
const TIMEOUT_S = 30

// Runs as a separate process, so that sending requests does not occupy the event loop of the service under test.
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
        // Stagger the readers, or all of them would request the same path at the same time.
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
