import { finished, pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams'
import { copyProblem } from './copy-problem.js'
import { FileProblem, readProblem, type Problem } from './file-problem.js'
import { copyStatement, type Format } from './format.js'
import { refuseChangedFile, type InspectedFile } from './inspect-file.js'
import { isSmall, lineAt, openFile, readSmall, SMALL_BYTES } from './read-file.js'
import type { LoadKind } from './result.js'
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
  const { path, bytes, format } = file
  if (!format) throw new Error(`${path} was not inspected`)
  let copy: CopyStreamQuery | undefined
  try {
    const whole = isSmall(path, bytes) ? watchWhole(readSmall(path, buffer), format.bom) : undefined
    copy = startCopy(client, kind, number, format)
    await (whole ? finished(copy.end(whole)) : sendFile(path, format.bom, copy, onRead))
    refuseChangedFile(file)
    await client.query('RELEASE SAVEPOINT file')
  } catch (thrown) {
    const problem = await problemBehind(thrown, path, format)
    if (problem === undefined) throw thrown
    if (copy) await client.query('ROLLBACK TO SAVEPOINT file')
    await client.query('SELECT reject_file($1, $2)', [number, JSON.stringify(problem)])
  }
}

function startCopy(client: pg.Client, kind: LoadKind, number: number, format: Format): CopyStreamQuery {
  // One message to the server per file: a DO block returns no row, which pg-copy-streams could not take.
  const start = `SAVEPOINT file; DO 'BEGIN PERFORM stage_file(${number}, ${format.header ? 2 : 1}); END'`
  const copy = client.query(copyFrom(`${start}; ${copyStatement(kind, format)}`))
  // The server's answer to an aborted COPY arrives when nobody listens any longer.
  copy.on('error', () => undefined)
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

async function problemBehind(thrown: unknown, path: string, format: Format): Promise<Problem | undefined> {
  if (thrown instanceof FileProblem) {
    if (thrown.offset === undefined) return thrown.problem
    return { ...thrown.problem, line: await lineAt(path, thrown.offset) }
  }
  if (thrown instanceof pg.DatabaseError) return copyProblem(thrown, path, format)
  return readProblem(thrown)
}
