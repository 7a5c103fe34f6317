import { join } from 'node:path'
import type pg from 'pg'
import { connect } from '../database/connect.js'
import { migrateUp } from '../database/migrate.js'
import { packageRoot } from '../package.js'
import { findData } from '../load/finding/find-data.js'
import { load, type LoadOptions } from '../load/load.js'
import { renderProblem } from '../console/load/render.js'
import { refresh, type SyncRun } from '../operations/refresh.js'
import { relayOnce } from '../relay/once.js'
import type { Sink } from '../relay/sink.js'

/** Options of quickstart(). */
export interface QuickstartOptions {
  /** PostgreSQL to use. */
  url: string
  /** Folder of files; the package's starter data if omitted. */
  data?: string | undefined
  /** Destination of the events. */
  sink: Sink
  /** Receives one line per finished step. */
  step: (line: string) => void
}

/** Result of quickstart(). */
export interface QuickstartResult {
  run: SyncRun
  /** Number of events published. */
  published: number
  /** Rejected files with the reason. */
  rejected: string[]
}

/** Migrates, loads every file of the folder, refreshes and publishes the events. */
export async function quickstart({ url, data, sink, step }: QuickstartOptions): Promise<QuickstartResult> {
  const files = findData(data ?? join(packageRoot, 'holdings'))
  const migrations = await migrateUp({ url, schema: 'public' })
  step(migrations.length > 0 ? `installed ${migrations.length} migrations` : 'migrations are installed')
  const client = await connect({ url, schema: 'public', applicationName: 'universes quickstart' })
  try {
    const rejected: string[] = []
    for (const [kind, paths] of files) rejected.push(...(await loadStep(client, { kind, paths }, step)))
    const run = await refresh(client, { triggeredBy: 'quickstart' })
    const { universes, changes } = { universes: run.changes.length, changes: run.total_changes }
    step(`refreshed: ${changes.toLocaleString('en-US')} changes in ${universes} universes, ${duration(run)}`)
    const published = await relayOnce({ url, schema: 'public' }, sink)
    step(`published ${published} events to ${sink.name}`)
    return { run, published, rejected }
  } finally {
    await client.end()
  }
}

async function loadStep(
  client: pg.Client,
  options: LoadOptions,
  step: QuickstartOptions['step'],
): Promise<string[]> {
  const { files } = await load({ ...options, client, triggeredBy: 'quickstart' })
  const rows = files.reduce((sum, file) => sum + file.rows, 0)
  const unchanged = files.every((file) => file.status === 'unchanged') ? ', unchanged' : ''
  step(
    `loaded ${options.kind}: ${rows.toLocaleString('en-US')} rows from ${files.length} ${files.length === 1 ? 'file' : 'files'}${unchanged}`,
  )
  return files
    .filter((file) => file.status === 'rejected')
    .map((file) => renderProblem(file.name, file.problem ?? { message: 'rejected' }))
}

function duration(run: SyncRun): string {
  return `${run.finished_at.getTime() - run.started_at.getTime()} ms`
}
