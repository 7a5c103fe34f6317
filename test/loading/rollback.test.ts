import { expect, test } from 'vitest'
import { testDatabase } from '../support/index.js'
import { fund, loadRows, weightsOf, type Row } from './staging.js'

const db = await testDatabase(import.meta.url)

const good: Row[] = [
  { symbol: 'AAPL', weight: '60', sector: 'Information Technology' },
  { symbol: 'XOM', weight: '39', sector: 'Energy' },
]
const bad: Row[] = [...good.slice(0, 1), { symbol: 'WRONG', weight: '39', sector: 'Energy' }]
const first = fund('SPY', good, { format: 'ishares', as_of: 'Nov 11, 2025' })
const second = fund('SPY', bad, { format: 'ishares', as_of: 'Nov 18, 2025' })
const third = fund('SPY', good, { format: 'ishares', as_of: 'Nov 12, 2025' })

test('after a rollback the bad file is held, an older good one is loaded', async () => {
  const { id } = await loadRows(db, 'etfs', [first])
  const before = await weightsOf(db, 'SPY')
  expect((await loadRows(db, 'etfs', [second])).files[0]?.status).toBe('loaded')
  const [rollback] = await db.query<{ id: string; status: string }>(
    'SELECT id, status FROM rollback_universes($1)',
    [id],
  )
  expect(rollback?.status).toBe('completed')
  expect(await weightsOf(db, 'SPY')).toEqual(before)

  for (const mode of ['incremental', 'full'] as const) {
    const { files } = await loadRows(db, 'etfs', [second], { mode })
    expect(files[0]).toMatchObject({
      status: 'held',
      held_by: [
        expect.stringMatching(new RegExp(`^a rollback reverted this file at .* \\(run ${rollback!.id}\\)$`)),
      ],
    })
  }
  expect(await weightsOf(db, 'SPY')).toEqual(before)

  expect((await loadRows(db, 'etfs', [third])).files[0]).toMatchObject({
    status: 'loaded',
    as_of: '2025-11-12',
  })
  const [group] = await db.query(
    `SELECT metadata ->> 'as_of' AS as_of, metadata ? 'rolled_back' AS remembered FROM definition_groups WHERE name = 'SPY'`,
  )
  expect(group).toEqual({ as_of: '2025-11-12', remembered: false })
})

test('with force the bad file is loaded after all', async () => {
  const { id } = await loadRows(db, 'etfs', [third], { mode: 'full' })
  await loadRows(db, 'etfs', [second])
  await db.query('SELECT rollback_universes($1)', [id])
  expect((await loadRows(db, 'etfs', [second])).files[0]?.status).toBe('held')
  const { files, total_changes } = await loadRows(db, 'etfs', [second], { force: true })
  expect([files[0]?.status, total_changes]).toEqual(['loaded', 2])
  expect((await loadRows(db, 'etfs', [second])).files[0]?.status).toBe('unchanged')
})
