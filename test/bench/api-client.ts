import autocannon from 'autocannon'

/** Requests to send. */
export interface Load {
  url: string
  headers: Record<string, string>
  connections: number
  seconds: number
}

/** Measurements of the requests. */
export interface LoadResult {
  requests: number
  seconds: number
  /** Number of responses by status. */
  statuses: Record<string, number>
  errors: number
  bytes: number
}

// Runs as a separate process, so that sending requests takes no time of the server under test.
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
