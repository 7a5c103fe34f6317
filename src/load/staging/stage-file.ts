import { finished, pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams'
import { copyProblem } from './copy-problem.js'
import { FileProblem, readProblem, type Problem } from '../file-problem.js'
import { copyStatement, ISSUER_COPY } from '../formats/format.js'
import { refuseChangedFile, type InspectedFile } from '../finding/inspect-file.js'
import type { IssuerTable } from '../formats/issuer-table.js'
import { isSmall, lineAt, openFile, readSmall, SMALL_BYTES } from './read-file.js'
import type { IssuerFile } from '../formats/recognise-issuer.js'
import type { LoadKind } from '../result.js'
import { watchBytes, watchWhole } from './watch-bytes.js'

/**
 * Copies one file into the staging table under a number. What is wrong with the file is undone, noted in staged_files
 * and no error; what is wrong with the connection or the server is thrown. `onRead` receives the bytes read so far;
 * small files pass through `buffer`.
 */
export async function stageFile(
  client: pg.Client,
  kind: LoadKind,
  number: number,
  file: InspectedFile,
  onRead: (bytes: number) => void,
  buffer = Buffer.allocUnsafe(SMALL_BYTES),
): Promise<void> {
  const staging: Staging = { client, kind, number, file, onRead, buffer }
  try {
    if (file.problem) throw new FileProblem(file.problem)
    await (file.issuer ? stageIssuer(staging, file.issuer) : stageCanonical(staging))
    refuseChangedFile(file)
    await client.query('RELEASE SAVEPOINT file')
  } catch (thrown) {
    const problem = await problemBehind(thrown, staging)
    if (problem === undefined) throw thrown
    if (staging.copy) await client.query('ROLLBACK TO SAVEPOINT file')
    await client.query('SELECT reject_file($1, $2)', [number, JSON.stringify(problem)])
  }
}

/** A file on its way in. */
interface Staging {
  client: pg.Client
  kind: LoadKind
  number: number
  file: InspectedFile
  onRead: (bytes: number) => void
  buffer: Buffer
  /** Set when the COPY has begun. */
  copy?: CopyStreamQuery
  /** The table of an issuer's file, once it is read. */
  table?: IssuerTable
}

async function stageCanonical(staging: Staging): Promise<void> {
  const { path, bytes, format } = staging.file
  if (!format) throw new Error(`${path} was not inspected`)
  const whole = isSmall(path, bytes) ? watchWhole(readSmall(path, staging.buffer), format.bom) : undefined
  const copy = startCopy(staging, copyStatement(staging.kind, format), format.header ? 2 : 1)
  await (whole ? finished(copy.end(whole)) : sendFile(path, format.bom, copy, staging.onRead))
}

async function stageIssuer(staging: Staging, issuer: IssuerFile): Promise<void> {
  // The parsers are loaded when the first issuer's file needs them.
  const { readIssuerTable } = await import('../formats/read-issuer.js')
  staging.table = await readIssuerTable(staging.file.path, issuer)
  await finished(startCopy(staging, ISSUER_COPY, 1).end(staging.table.toCsv()))
}

function startCopy(staging: Staging, statement: string, firstLine: number): CopyStreamQuery {
  // One message to the server per file: a DO block returns no row, which pg-copy-streams could not take.
  const start = `SAVEPOINT file; DO 'BEGIN PERFORM stage_file(${staging.number}, ${firstLine}); END'`
  const copy = staging.client.query(copyFrom(`${start}; ${statement}`))
  // The server's answer to an aborted COPY arrives when nobody listens any longer.
  copy.on('error', () => undefined)
  staging.copy = copy
  return copy
}

async function sendFile(
  path: string,
  bom: boolean,
  copy: CopyStreamQuery,
  onRead: (bytes: number) => void,
): Promise<void> {
  const { raw, content } = openFile(path)
  await pipeline(
    content,
    async function* watched(source: AsyncIterable<Buffer>) {
      for await (const chunk of watchBytes(source, bom)) {
        yield chunk
        onRead(raw.bytesRead)
      }
    },
    copy,
  )
}

async function problemBehind(thrown: unknown, { file, table }: Staging): Promise<Problem | undefined> {
  if (thrown instanceof FileProblem) {
    if (thrown.offset === undefined) return thrown.problem
    return { ...thrown.problem, line: await lineAt(file.path, thrown.offset) }
  }
  if (!(thrown instanceof pg.DatabaseError)) return readProblem(thrown)
  const problem = await copyProblem(thrown, file.path, file.format?.columns.length ?? 0)
  // COPY counts the rows that it was given.
  if (table && problem?.line !== undefined) problem.line = table.lines[problem.line - 1]
  return problem
}
