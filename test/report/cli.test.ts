import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RelationshipReport } from '../../src/operations/report.js'
import { completed, listSmallMarket } from '../refresh/market.js'
import { runCli, temporaryFolder, testDatabase, type CliResult, type TestDatabase } from '../support/index.js'

let db: TestDatabase
let folder: string

const report = (...args: string[]): Promise<CliResult> =>
  runCli(['report', ...args], { env: { DATABASE_URL: db.url } })

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
})

beforeEach(async () => {
  folder = await temporaryFolder()
})

describe('universes report', () => {
  it('prints a summary on the console', async () => {
    const { code, stdout, stderr } = await report()
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toContain(`Relationships of database ${db.name}, environment DEFAULT`)
    for (const title of ['Sectors', 'Coverage', 'Universes', 'Integrity', 'Open alerts', 'Last refreshes'])
      expect(stdout).toContain(title)
    expect(stdout).not.toContain('Universes of type')
    expect((await report('--summary')).stdout.split('\n').length).toBe(stdout.split('\n').length)
  })

  it('lists universes and funds with --detail', async () => {
    const { stdout } = await report('--detail')
    expect(stdout).toContain('Universes of type MARKET_CAP')
    expect(stdout).toContain('Top ten holdings')
  })

  it('prints the document of relationship_report() as JSON', async () => {
    const [row] = await db.query<{ report: RelationshipReport }>(
      "SELECT relationship_report('DEFAULT', true) AS report",
    )
    const { stdout } = await report('--detail', '--format', 'json')
    const printed = JSON.parse(stdout) as RelationshipReport
    expect({ ...printed, generated_at: '' }).toEqual({ ...row!.report, generated_at: '' })
    expect(JSON.parse((await report('--json')).stdout)).toMatchObject({
      detail: false,
      environment: 'DEFAULT',
    })
  })

  it.each([
    [['--summary', '--detail'], '--summary and --detail exclude one another'],
    [['--json', '--format', 'markdown'], '--json and --format markdown exclude one another'],
    [['--environment', ' '], '--environment is empty'],
    [['--output', ''], '--output is empty'],
    [['--format', 'html'], 'Allowed choices are console, markdown, json'],
    [['extra'], 'too many arguments'],
  ])('refuses %j as wrong usage', async (args, message) => {
    const { code, stdout, stderr } = await report(...args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
  })

  it('fails for an unused environment', async () => {
    const { code, stdout, stderr } = await report('--environment', 'TSET')
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('TSET')
    expect(stderr).toContain('UV003')
  })

  it('of an empty installation names the first command in every format', async () => {
    const empty = await testDatabase(import.meta.url)
    for (const format of ['console', 'markdown', 'json']) {
      const { code, stdout } = await runCli(['report', '--detail', '--format', format], {
        env: { DATABASE_URL: empty.url },
      })
      expect(code, format).toBe(0)
      expect(stdout, format).toContain('universes load')
      expect(stdout, format).not.toMatch(/undefined|NaN|Infinity/)
    }
    await empty.drop()
  })
})

describe('--output', () => {
  it('writes the file atomically, prints its path, and leaves no other file', async () => {
    const path = join(folder, 'report.md')
    const { code, stdout } = await report('--detail', '--output', path)
    expect(code).toBe(0)
    const text = readFileSync(path, 'utf8')
    expect(text).toMatch(/^# Stock universes, \d{4}-\d\d-\d\d, database /)
    expect(stdout).toBe(
      `wrote ${path}: detailed report as markdown, ${Buffer.byteLength(text).toLocaleString('en-US')} bytes\n`,
    )
    expect(readdirSync(folder)).toEqual(['report.md'])
  })

  it.each([
    ['report.json', [], /^\{\n {2}"/],
    ['report.txt', [], /^Relationships of database /],
    ['report.md', ['--format', 'console'], /^Relationships of database /],
    ['REPORT.MD', [], /^# Stock universes/],
  ])('%s %j has the format of its extension unless --format is given', async (name, args, start) => {
    await report('--output', join(folder, name), ...args)
    expect(readFileSync(join(folder, name), 'utf8')).toMatch(start)
  })

  it('has no colours, even with FORCE_COLOR', async () => {
    const env = { DATABASE_URL: db.url, NO_COLOR: '', FORCE_COLOR: '1' }
    expect((await runCli(['report'], { env })).stdout).toContain('\u001b[1m')
    await runCli(['report', '--output', join(folder, 'report.txt')], { env })
    expect(readFileSync(join(folder, 'report.txt'), 'utf8')).not.toContain('\u001b')
  })

  it('replaces a file, keeps its permissions, and follows a link', async () => {
    const path = join(folder, 'report.md')
    writeFileSync(path, 'old')
    chmodSync(path, 0o640)
    symlinkSync(path, join(folder, 'latest.md'))
    expect((await report('--output', join(folder, 'latest.md'))).code).toBe(0)
    expect(readFileSync(path, 'utf8')).toContain('# Stock universes')
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect(readdirSync(folder).sort()).toEqual(['latest.md', 'report.md'])
  })

  it('refuses a directory, a device, and a file where there is no directory', async () => {
    mkdirSync(join(folder, 'reports'))
    for (const [path, message] of [
      [join(folder, 'reports'), 'is a directory'],
      [`${join(folder, 'new')}/`, 'there is no directory for it'],
      [join(folder, 'no', 'report.md'), 'there is no directory for it'],
      ['/dev/null', 'is not a regular file'],
    ]) {
      const { code, stdout, stderr } = await report('--output', path!)
      expect(code, path).toBe(2)
      expect(stdout, path).toBe('')
      expect(stderr, path).toContain(message)
    }
    expect(readdirSync(folder)).toEqual(['reports'])
  })

  it('keeps the old file if the report fails', async () => {
    const path = join(folder, 'report.md')
    writeFileSync(path, 'old')
    expect((await report('--output', path, '--environment', 'TSET')).code).toBe(1)
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(existsSync(join(folder, 'report.md.tmp'))).toBe(false)
    expect(readdirSync(folder)).toEqual(['report.md'])
  })
})
