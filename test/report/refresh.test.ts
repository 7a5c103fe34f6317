import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import type { SyncRun, UniverseChange } from '../../src/operations/refresh.js'
import { renderChanges, renderRun } from '../../src/console/refresh.js'

const run: SyncRun = {
  id: '00000000-0000-0000-0000-000000000001',
  mode: 'full',
  status: 'completed',
  append: false,
  dry_run: false,
  force: false,
  environment: 'DEFAULT',
  triggered_by: 'test',
  started_at: new Date('2026-08-21T20:00:00.000Z'),
  finished_at: new Date('2026-08-21T20:00:01.250Z'),
  steps: [
    { step: 'market_caps', milliseconds: 1234.567, added: 2, removed: 1, updated: 0, held: 1 },
    { step: 'cache_and_events', milliseconds: 2, universes_updated: 1 },
  ],
  changes: [],
  alerts: [],
  total_changes: 0,
  error: null,
}

const change = (name: string, values: Partial<UniverseChange> = {}): UniverseChange => ({
  type: 'THEME',
  name,
  count: 5,
  members_before: 5,
  added: [],
  removed: [],
  updated: 0,
  held: false,
  ...values,
})

const plain = stripVTControlCharacters

it('shows steps and a closing line when nothing changed', () => {
  expect(plain(renderRun(run))).toBe(
    [
      'step                   ms  added  removed  updated  held',
      'market_caps       1,234.6      2        1        0     1',
      'cache_and_events        2',
      '',
      'made 0 changes in 0 universes, in 1.25 s: run 00000000-0000-0000-0000-000000000001',
    ].join('\n'),
  )
})

it('shows the changes per universe, the largest first', () => {
  const lines = plain(
    renderChanges(
      [change('few', { added: ['A'] }), change('many', { added: ['A', 'B'], removed: ['C'] })],
      false,
    ),
  ).split('\n')
  expect(lines[0]).toMatch(/^type +universe +members +added +removed +updated/)
  expect(lines[1]).toMatch(/^THEME +many +5 +2 +1 +0$/)
  expect(lines[2]).toMatch(/^THEME +few +5 +1 +0 +0$/)
})

it('shows at most 25 universes, all of them with symbols when verbose', () => {
  const many = Array.from({ length: 30 }, (_, i) =>
    change(`theme_${i}`, { added: ['A', 'B'], removed: ['C'] }),
  )
  const brief = plain(renderChanges(many, false))
  expect(brief.match(/^THEME /gm)).toHaveLength(25)
  expect(brief).toContain('... and 5 more universes (--verbose lists all, with symbols)')
  const verbose = plain(renderChanges(many, true))
  expect(verbose.match(/^THEME /gm)).toHaveLength(30)
  expect(verbose).toContain('theme_29 + A B\ntheme_29 - C')
})

it('names held universes and alerts', () => {
  const alert = { alert: 'held', subject: 'THEME mine', value: 4, limit: 5, unit: 'members' }
  const text = plain(
    renderRun({
      ...run,
      changes: [change('mine', { removed: ['A'], held: true }), change('other')],
      alerts: [alert],
    }),
  )
  expect(text).toMatch(/mine +5 +0 +1 +0 +held: unchanged, see membership_guards or use --force/)
  expect(text).toContain('alert THEME mine: 4 members, limit 5 (held)')
  expect(text).toContain('made 0 changes in 1 universe, held 1 back, in 1.25 s')
})

it('shows no more than 25 alerts', () => {
  const alerts = Array.from({ length: 27 }, (_, i) => {
    return { alert: 'held', subject: `THEME t${i}`, value: 4, limit: 5, unit: 'members' }
  })
  const text = plain(renderRun({ ...run, alerts }))
  expect(text.match(/^alert /gm)).toHaveLength(25)
  expect(text).toContain('... and 2 more alerts')
})

it('marks a dry run', () => {
  expect(plain(renderRun({ ...run, dry_run: true, total_changes: 1234 }))).toContain(
    'dry run, nothing was kept: would make 1,234 changes in 0 universes',
  )
  expect(plain(renderRun({ ...run, status: 'failed' }))).toContain(
    'failed, nothing was changed, after 1.25 s: run',
  )
})
