import { connect } from '../../database/connect.js'
import { toUniversesError } from '../../errors.js'
import { load } from '../../load/load.js'
import type { LoadJob, LoadReply } from './load-child.js'

/**
 * Process of one uploaded load: receives the job from the service, replies and ends. Without the service it ends at once, and
 * PostgreSQL rolls the load back. Ignores signals of a terminal or supervisor: the service handles them.
 */
process.once('message', (job: LoadJob) => {
  void run(job).then((reply) => process.send?.(reply, () => process.disconnect()))
})
process.once('disconnect', () => process.exit())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

const CONNECT_MS = 15_000

async function run({ connection, symbols, ...options }: LoadJob): Promise<LoadReply> {
  let lost = false
  try {
    const client = await connect({ applicationName: 'universes serve (load)', timeoutMs: CONNECT_MS, ...connection })
    client.once('error', () => (lost = true))
    try {
      // Without this setting PostgreSQL notices a killed process only when its statement ends. Not on every platform.
      await client.query("SET client_connection_check_interval TO '1s'").catch(() => undefined)
      const { id } = await load({ ...options, client })
      const { rows } = await client.query<{ document: string }>(
        'SELECT load_document($1, $2)::text AS document',
        [id, symbols],
      )
      return { document: rows[0]!.document }
    } finally {
      await client.end().catch(() => undefined)
    }
  } catch (thrown) {
    const { message, detail, hint, exitCode } = toUniversesError(thrown)
    return { error: { message, detail, hint, exitCode, code: codeOf(thrown) ?? (lost ? '08006' : undefined) } }
  }
} // prettier-ignore

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined
  const { code } = thrown as NodeJS.ErrnoException
  return code ?? codeOf(thrown instanceof AggregateError ? thrown.errors[0] : thrown.cause)
}
