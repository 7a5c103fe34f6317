import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { quickstart } from '../../src/dev/quickstart.js'
import { SampleSink } from '../../src/relay/sample.js'
import { testDatabase, type TestDatabase } from '../support/index.js'

/** A database with the starter data, loaded and refreshed by the quick start; its events are published. */
export async function starterDatabase(importMetaUrl: string): Promise<TestDatabase> {
  const db = await testDatabase(importMetaUrl)
  await quickstart({ url: db.url, sink: new SampleSink(), step: () => undefined })
  return db
}

/** Runs SQL in psql as a user would, without any search_path of ours, and returns what it prints on stdout. */
export async function psql(url: string, sql: string): Promise<string> {
  const options = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-P', 'pager=off', '-P', 'footer=off', '-d', url]
  const { stdout } = await promisify(execFile)('psql', [...options, '-c', sql], {
    env: {
      PATH: process.env['PATH'],
      PGTZ: 'UTC',
      PGCLIENTENCODING: 'UTF8',
      PGOPTIONS: '-c client_min_messages=warning',
    },
  })
  return stdout
}
