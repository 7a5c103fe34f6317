import { describe, expect, test } from 'vitest'
import { runCli, testDatabase } from '../support/index.js'

describe('the command line', () => {
  test('help lists every command', async () => {
    const { code, stdout } = await runCli(['--help'])
    expect(code).toBe(0)
    for (const command of ['migrate', 'load', 'refresh', 'relay', 'schedule', 'unschedule', 'quickstart']) {
      expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, 'm'))
    }
  })

  test.each([
    ['frobnicate'],
    ['refresh', '--mode', 'weekly'],
    ['refresh', '--no-such-option'],
    ['migrate', 'sideways'],
  ])('%s %s is a usage error', async (...args) => {
    const { code, stderr } = await runCli(args)
    expect(code).toBe(2)
    expect(stderr).toMatch(/error:/)
  })

  test('an unreachable server is a failure with a remedy, not a stack trace', async () => {
    const { code, stderr } = await runCli(['refresh', '--database-url', 'postgres://nobody@127.0.0.1:1/none'])
    expect(code).toBe(1)
    expect(stderr).toContain('cannot connect to PostgreSQL')
    expect(stderr).toContain('remedy: Set DATABASE_URL')
    expect(stderr).not.toContain('    at ')
  })

  test('a database without the package says what to do', async () => {
    const db = await testDatabase(import.meta.url, { empty: true })
    const { code, stderr } = await runCli(['refresh', '--database-url', db.url])
    expect(code).toBe(1)
    expect(stderr).toContain('universes migrate up')
  })
})
