import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import type { Cluster } from '../../src/dev/cluster.js'
import { startEmbedded } from '../../src/dev/embedded.js'
import { UniversesError } from '../../src/errors.js'
import { removeFolder, temporaryFolder } from '../support/index.js'

const folder = await temporaryFolder()
const directory = join(folder, 'data')
let server: Cluster

afterAll(async () => {
  await server.stop()
  removeFolder(folder)
})

test('a new folder is initialised and served', async () => {
  server = await startEmbedded({ directory })
  await query('CREATE TABLE kept (value text)')
  await query(`INSERT INTO kept VALUES ('still here')`)
  expect(await query('SELECT value FROM kept')).toEqual([{ value: 'still here' }])
})

test('text sorts by code point, in UTF-8', async () => {
  const rows = await query(`SELECT value FROM unnest(ARRAY['b', 'B', 'é', 'a']) value ORDER BY value`)
  expect(rows).toEqual([{ value: 'B' }, { value: 'a' }, { value: 'b' }, { value: 'é' }])
})

test('a folder that is being served is refused with the way out', async () => {
  const refused = await startEmbedded({ directory }).catch((thrown: unknown) => thrown)
  expect(refused).toBeInstanceOf(UniversesError)
  expect(refused).toMatchObject({
    message: `a PostgreSQL server is already running in ${directory}`,
    hint: expect.stringContaining(server.url) as string,
  })
})

test('stopping twice is harmless, and the data is there after a restart', async () => {
  await server.stop()
  await server.stop()
  await expect(query('SELECT 1')).rejects.toThrow('ECONNREFUSED')
  server = await startEmbedded({ directory })
  expect(await query('SELECT value FROM kept')).toEqual([{ value: 'still here' }])
})

test('a server killed outright leaves a lock that does not stop the next one', async () => {
  const lock = await readFile(join(directory, 'postmaster.pid'), 'utf8')
  process.kill(Number(lock.split('\n')[0]), 'SIGKILL')
  await server.stop()
  server = await startEmbedded({ directory })
  expect(await query('SELECT value FROM kept')).toEqual([{ value: 'still here' }])
})

test('a folder with other files in it is left alone', async () => {
  const refused = await startEmbedded({ directory: folder }).catch((thrown: unknown) => thrown)
  expect(refused).toMatchObject({ message: `cannot initialise PostgreSQL in ${folder}` })
  expect(await query('SELECT value FROM kept')).toEqual([{ value: 'still here' }])
})

test('the log of a server that does not start is shown', async () => {
  const settings = { shared_preload_libraries: 'no_such_library' }
  const other = join(folder, 'other')
  const refused = await startEmbedded({ directory: other, settings }).catch((thrown: unknown) => thrown)
  expect(refused).toMatchObject({
    message: `PostgreSQL did not start in ${other}`,
    detail: expect.stringContaining('no_such_library') as string,
  })
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s to the process that started it ends the server',
  async (signal) => {
    const module = new URL('../../dist/src/dev/embedded.js', import.meta.url).href
    const script = `
    const { startEmbedded } = await import(${JSON.stringify(module)})
    const { url } = await startEmbedded({ directory: ${JSON.stringify(join(folder, 'signal'))} })
    console.log(url)
    setInterval(() => undefined, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const url = await new Promise<string>((printed) =>
      child.stdout.setEncoding('utf8').once('data', (text: string) => printed(text.trim())),
    )
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const disconnected = new Promise((gone) => client.on('error', gone).on('end', () => gone(undefined)))
    child.kill(signal)
    const [, ended] = await new Promise<unknown[]>((exit) => child.once('exit', (...result) => exit(result)))
    expect(ended).toBe(signal)
    await disconnected
  },
)

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    return (await client.query(sql)).rows as unknown[]
  } finally {
    await client.end()
  }
}
