import { spawn } from 'node:child_process'
import { SEARCH_PATH } from './search-path.js'

/** A running psql: the fastest client there is, and the floor of everything that reads files. */
export interface Psql {
  /** Runs commands of SQL or psql and waits for their end. Rejects when one fails. */
  run(this: void, commands: string): Promise<void>
  stop(this: void): Promise<void>
}

/** Starts psql on a database; it stays connected, so that its start does not count. */
export async function startPsql(url: string): Promise<Psql> {
  const child = spawn('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PGCLIENTENCODING: 'UTF8', PGOPTIONS: SEARCH_PATH },
  })
  let errors = ''
  let calls = 0
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const closed = new Promise<void>((done) => child.once('close', () => done()))
  const run = (commands: string): Promise<void> =>
    new Promise((done, failed) => {
      const marker = `psql-${(calls += 1)}-done`
      let output = ''
      const read = (text: string): void => {
        output += text
        if (output.includes(marker)) settle(done)
      }
      const end = (): void =>
        settle(() => failed(new Error(`psql: ${errors || 'it ended, is it installed?'}`)))
      const settle = (report: () => void): void => {
        child.stdout.off('data', read)
        child.off('close', end)
        child.off('error', end)
        report()
      }
      child.stdout.on('data', read)
      child.once('close', end)
      child.once('error', end)
      child.stdin.write(`${commands}\n\\echo ${marker}\n`)
    })
  child.stdout.setEncoding('utf8')
  child.stdin.on('error', () => undefined)
  await run('SELECT 1 WHERE false;')
  return {
    run,
    stop: async () => {
      child.stdin.end('\\q\n')
      await closed
    },
  }
}
