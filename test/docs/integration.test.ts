import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { runCli } from '../support/index.js'
import { differences, withRecentDays } from './compare.js'
import { readDocument, tableRows, type Block } from './document.js'
import { examples, judge, perform } from './examples.js'
import { listedAndInactive } from './scenario.js'
import { openStage, type Stage } from './stage.js'

const PATH = join(packageRoot, 'docs', 'TickStockAppV2_integration_callback.md')
const document = readDocument(PATH)
const KINDS = ['shell', 'answer', 'output', 'message', 'file', 'checked']
let stage: Stage

beforeAll(async () => {
  stage = await openStage(import.meta.url)
  for (const { words, text } of blocksOf('file')) stage.workplace.save(words[0]!, text)
})

afterAll(() => stage?.close())

function blocksOf(...kinds: string[]): Block[] {
  return document.blocks.filter(({ kind }) => kinds.includes(kind))
}

/** Source files of a folder, as one text each. */
function sources(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(packageRoot, folder, name), 'utf8'))
}

describe('the document', () => {
  test('says of every block how it is tested, and every answer and output belongs to a command', () => {
    for (const { kind, line } of document.blocks) expect(KINDS, `line ${line}`).toContain(kind)
    const shown = examples(document.blocks).map((example) => example.shown)
    expect(shown.filter(Boolean)).toEqual(blocksOf('answer', 'output'))
  })
})

describe('the examples, from top to bottom', () => {
  test.each(examples(document.blocks).map((example) => [example.block.line, example] as const))(
    'line %i',
    async (_line, example) => {
      expect(judge(example, await perform(stage, example))).toEqual([])
    },
  )
})

describe('the messages', () => {
  beforeAll(() => listedAndInactive(stage))

  test.each(blocksOf('message').map((block) => [block.line, block] as const))(
    'line %i was published like that, on that channel',
    (_line, block) => {
      const shown = withRecentDays(JSON.parse(block.text) as { event: string; timestamp: string })
      const candidates = stage.subscriber.received.filter(
        ({ channel, message }) => channel === block.words[0] && message.event === shown.event,
      )
      const found = candidates.map(({ message }) => differences(shown, withRecentDays(message)))
      const nearest = found.sort((one, other) => one.length - other.length)[0] ?? [
        `no ${shown.event} on ${block.words[0]}`,
      ]
      expect(nearest).toEqual([])
    },
  )

  test('every event is shown, and every channel of event_channels is in the table, and no other', async () => {
    const stored = await stage.db.query<{ event: string; channel: string }>(
      'SELECT event, channel FROM event_channels',
    )
    const documented = tableRows(document, 'event', 'channels').flatMap(({ event, channels = '' }) =>
      channels.split(', ').map((channel) => ({ event, channel })),
    )
    const inOrder = (rows: object[]): string[] =>
      rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort()
    expect(inOrder(documented)).toEqual(inOrder(stored))
    const shown = blocksOf('message').map(({ text }) => (JSON.parse(text) as { event: string }).event)
    expect([...new Set(shown)].sort()).toEqual([...new Set(stored.map(({ event }) => event))].sort())
  })
})

describe('the tables', () => {
  test('list every endpoint of /openapi.json with its scope, and no other', async () => {
    type Paths = Record<string, Record<string, { 'x-scope': string }>>
    const { paths } = (await stage.call('/openapi.json')) as { paths: Paths }
    const served = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, operation]) => `${method.toUpperCase()} ${path} ${operation['x-scope']}`,
      ),
    )
    const rows = tableRows(document, 'method', 'path', 'scope')
    const documented = rows.map(({ method, path, scope }) => `${method} ${path} ${scope}`)
    expect(documented.sort()).toEqual(served.sort())
  })

  test('list every kind of problem that the service answers with, and its status', () => {
    const code = sources('src/http').join('\n')
    const thrown = [...code.matchAll(/problem\(\s*(\d{3}),\s*'([\w-]+)'/gi)].map(
      ([, status, slug]) => `${status} ${slug}`,
    )
    const mapped = [...code.matchAll(/status: (\d{3}), slug: '([\w-]+)'/g)].map(
      ([, status, slug]) => `${status} ${slug}`,
    )
    const documented = tableRows(document, 'status', 'type', 'do').flatMap(({ status, type = '' }) =>
      type.split(', ').map((slug) => `${status} ${slug}`),
    )
    expect([...new Set(documented)].sort()).toEqual([...new Set([...thrown, ...mapped])].sort())
  })

  test('list every variable of the environment that the configuration reads, and no other', () => {
    const code = readFileSync(join(packageRoot, 'src', 'config.ts'), 'utf8')
    const read = [...code.matchAll(/env\['([A-Z_]+)'\]/g)].map(([, name]) => name)
    const documented = tableRows(document, 'variable', 'default').map(({ variable }) => variable)
    expect(documented.sort()).toEqual(read.sort())
  })

  test.each(['serve', 'relay'])('list every option of universes %s, and no other', async (command) => {
    const { stdout } = await runCli([command, '--help'])
    const options = [...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name!)
    const documented = tableRows(document, 'option', 'of').filter(({ of }) =>
      of!.split(', ').includes(command),
    )
    expect(documented.map(({ option }) => option!.split(' ')[0]!).sort()).toEqual(
      options.filter((name) => name !== '--help').sort(),
    )
  })
})

describe('the commands that are only shown', () => {
  const called = document.blocks
    .filter(({ kind }) => kind === 'checked' || kind === 'shell')
    .flatMap(({ text }) => [...text.matchAll(/\buniverses ([a-z]+(?: [a-z]+)?)((?: [^|&;\n]*)?)/g)])
    .map(
      ([, command = '', rest = '']) => [command, [...rest.matchAll(/(?<= )--[\w-]+/g)].map(String)] as const,
    )

  test.each(called)('universes %s knows %j', async (command, options) => {
    const help = await runCli([...command.split(' '), '--help'])
    const words = help.code === 0 ? help : await runCli([command.split(' ')[0]!, '--help'])
    for (const option of options) expect(words.stdout).toMatch(new RegExp(`${option}(?![\\w-])`))
  })
})
