import { finished, pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams'
import { copyProblem } from './copy-problem.js'
import { FileProblem, readProblem, type Problem } from '../file-problem.js'
import { refuseChangedFile, type InspectedFile } from '../finding/inspect-file.js'
import type { Content, Format } from '../formats/format.js'
import type { RowLimit } from '../formats/row-counter.js'
import { lineAt, SMALL_BYTES } from '../read-file.js'

/** Settings that the files of a load share. */
export interface Staging {
  /** Small files pass through it. */
  buffer?: Buffer
  /** Limit for the rows of a canonical file; none if omitted. */
  limit?: RowLimit | undefined
  /** Receives the bytes read so far. */
  onRead?: (bytes: number) => void
}

/**
 * Copies one file into its staging table under a number. A problem of the file is undone, noted in staged_files and no
 * error; a problem of the connection or the server is thrown.
 */
export async function stageFile(
  client: pg.Client,
  number: number,
  file: InspectedFile,
  { buffer = Buffer.allocUnsafe(SMALL_BYTES), limit, onRead = () => undefined }: Staging = {},
): Promise<void> {
  let content: Content | undefined
  let copy: CopyStreamQuery | undefined
  try {
    const format = formatOf(file)
    content = await format.read({ path: file.path, bytes: file.bytes, buffer, onRead, limit })
    copy = startCopy(client, number, format)
    await send(content, copy)
    refuseChangedFile(file)
    if (format.project) {
      const { table, columns } = format.project
      await client.query('SELECT project_wide($1, $2, $3)', [number, table, columns])
    }
    await client.query('RELEASE SAVEPOINT file')
    if (content.warnings?.length)
      await client.query('SELECT warn_file($1, $2)', [number, JSON.stringify(content.warnings)])
  } catch (thrown) {
    const problem = await problemBehind(thrown, file, content)
    if (problem === undefined) throw thrown
    if (copy) await client.query('ROLLBACK TO SAVEPOINT file')
    await client.query('SELECT reject_file($1, $2)', [number, JSON.stringify(problem)])
  }
}

function formatOf({ path, problem, format }: InspectedFile): Format {
  if (problem) throw new FileProblem(problem)
  if (!format) throw new Error(`the format of ${path} was not recognised`)
  return format
}

function startCopy(client: pg.Client, number: number, format: Format): CopyStreamQuery {
  // One message to the server per file: a DO block returns no row, which pg-copy-streams could not take.
  const { firstLine, symbol } = format
  const prices = symbol === undefined ? '' : ` PERFORM stage_symbol($sql$${symbol}$sql$);`
  const start = `SAVEPOINT file; DO $do$BEGIN PERFORM stage_file(${number}, ${firstLine});${prices} END$do$`
  const copy = client.query(copyFrom(`${start}; ${format.copy}`))
  // The server's answer to an aborted COPY arrives when there is no other listener left.
  copy.on('error', () => undefined)
  return copy
}

async function send({ data }: Content, copy: CopyStreamQuery): Promise<void> {
  await (Buffer.isBuffer(data) ? finished(copy.end(data)) : pipeline(data, copy))
}

async function problemBehind(
  thrown: unknown,
  { path, format }: InspectedFile,
  content: Content | undefined,
): Promise<Problem | undefined> {
  if (thrown instanceof FileProblem) {
    if (thrown.offset === undefined) return thrown.problem
    return { ...thrown.problem, line: await lineAt(path, thrown.offset) }
  }
  if (!(thrown instanceof pg.DatabaseError)) return readProblem(thrown)
  const problem = await copyProblem(thrown, path, format?.columns.length ?? 0)
  if (content?.lineOf && problem?.line !== undefined) problem.line = content.lineOf(problem.line)
  return problem
}
