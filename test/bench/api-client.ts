import autocannon from 'autocannon'

/** What the client of the benchmark is asked to send. */
export interface Load {
  url: string
  headers: Record<string, string>
  connections: number
  seconds: number
}

/** What came of it. */
export interface LoadResult {
  requests: number
  seconds: number
  /** Answers by status. */
  statuses: Record<string, number>
  errors: number
  bytes: number
}

// A process of its own, so that sending requests costs the server under test nothing.
process.on('message', (load: Load) => {
  void run(load).then((result) => process.send?.(result))
})

async function run({ url, headers, connections, seconds }: Load): Promise<LoadResult> {
  const result = await autocannon({ url, headers, connections, duration: seconds })
  const statuses = Object.entries(result.statusCodeStats ?? {})
  return {
    requests: result.requests.total,
    seconds: result.duration,
    statuses: Object.fromEntries(statuses.map(([status, { count }]) => [status, count ?? 0])),
    errors: result.errors + result.timeouts,
    bytes: result.throughput.total,
  }
}
