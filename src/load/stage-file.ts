import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { copyProblem } from './copy-problem.js'
import { FileProblem, readProblem, type Problem } from './file-problem.js'
import { copyStatement, type Format } from './format.js'
import { refuseChangedFile, type InspectedFile } from './inspect-file.js'
import { lineAt, openFile } from './read-file.js'
import type { LoadKind } from './result.js'
import { watchBytes } from './watch-bytes.js'

/**
 * Copies one file into the staging table under a number. What is wrong with the file is undone, noted in staged_files
 * and no error; what is wrong with the connection or the server is thrown. `onRead` receives the bytes read so far.
 */
export async function stageFile(
  client: pg.Client,
  kind: LoadKind,
  number: number,
  file: InspectedFile,
  onRead: (bytes: number) => void,
): Promise<void> {
  const format = file.format
  if (!format) throw new Error(`${file.path} was not inspected`)
  try {
    await copyFile(client, kind, number, { ...file, format }, onRead)
    refuseChangedFile(file)
  } catch (thrown) {
    const problem = await problemBehind(thrown, file.path, format)
    if (problem === undefined) throw thrown
    await client.query('ROLLBACK TO SAVEPOINT file')
    await client.query('SELECT reject_file($1, $2)', [number, JSON.stringify(problem)])
  }
}

async function copyFile(
  client: pg.Client,
  kind: LoadKind,
  number: number,
  { path, format }: { path: string; format: Format },
  onRead: (bytes: number) => void,
): Promise<void> {
  // One message to the server per file: a DO block, unlike SELECT, returns no row, which pg-copy-streams could not take.
  const copy = client.query(
    copyFrom(
      `SAVEPOINT file; DO 'BEGIN PERFORM stage_file(${number}, ${format.header ? 2 : 1}); END'; ${copyStatement(kind, format)}`,
    ),
  )
  // The server's answer to an aborted COPY arrives when the pipeline no longer listens.
  copy.on('error', () => undefined)
  const { raw, content } = openFile(path)
  await pipeline(
    content,
    async function* watched(source: AsyncIterable<Buffer>) {
      for await (const chunk of watchBytes(source, format.bom)) {
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
