import { expect, test } from 'vitest'
import { testDatabase } from '../support/index.js'
import { fund, loadRows } from './staging.js'

const db = await testDatabase(import.meta.url)

async function dateOf(text: string | null): Promise<string | null> {
  const [row] = await db.query<{ date: string | null }>(
    `SELECT to_char(holdings_date($1), 'YYYY-MM-DD') AS date`,
    [text],
  )
  return row!.date
}

test.each([
  ['Nov 18, 2025', '2025-11-18'],
  ['November 18, 2025', '2025-11-18'],
  ['Sept. 5, 2025', '2025-09-05'],
  ['May 21,2025', '2025-05-21'],
  ['18-Nov-2025', '2025-11-18'],
  ['18-Nov-25', '2025-11-18'],
  ['5 June 2024', '2024-06-05'],
  ['09/24/2025', '2025-09-24'],
  ['9/4/2025', '2025-09-04'],
  ['9/4/25', '2025-09-04'],
  ['24/09/2025', '2025-09-24'],
  ['2025-11-18', '2025-11-18'],
  ['2025-11-18T00:00:00.000Z', '2025-11-18'],
  ['11/18/2025 12:00:00 AM', '2025-11-18'],
  ['\u00a0Nov 18, 2025 ', '2025-11-18'],
  ['02/29/2024', '2024-02-29'],
  ['21/Aug/2026', '2026-08-21'],
  ['21.Aug.2026', '2026-08-21'],
  ['30/Sept/2026', '2026-09-30'],
  ['19.Juni2026', '2026-06-19'],
  ['03.Mrz.2026', '2026-03-03'],
  ['03.Mär.2026', '2026-03-03'],
  ['5 dicembre 2025', '2025-12-05'],
  ['17.09.2026', '2026-09-17'],
  ['04.09.2026', '2026-09-04'],
  ['20260917', '2026-09-17'],
])('%j is %s', async (text, expected) => {
  expect(await dateOf(text)).toBe(expected)
})

test.each([
  '02/29/2025',
  '13/13/2025',
  '31-Jun-2025',
  'Foo 18, 2025',
  'soon',
  '-',
  '',
  '11.18.2025',
  '18.11/2025',
  '2025111',
  '1 ju 2025',
  null,
])('%j is no date', async (text) => {
  expect(await dateOf(text)).toBeNull()
})

test('the session may write dates as it likes', async () => {
  const client = await db.client()
  await client.query(`SET DateStyle = 'German, DMY'`)
  const { rows } = await client.query(
    `SELECT to_char(holdings_date('09/10/2025'), 'YYYY-MM-DD') AS us, holdings_date('2025-11-18') = make_date(2025, 11, 18) AS iso`,
  )
  expect(rows).toEqual([{ us: '2025-09-10', iso: true }])
})

test('a file whose date cannot be read is rejected; no date is fine', async () => {
  const rows = [{ symbol: 'AAPL', weight: '99' }]
  const { files } = await loadRows(db, 'etfs', [
    fund('BAD', rows, { format: 'ishares', as_of: '31-Jun-2025' }),
    fund('NONE', rows, { format: 'ishares' }),
    fund('BLANK', rows, { format: 'ishares', as_of: '' }),
    fund('GOOD', rows, { format: 'ishares', as_of: 'Jun 30, 2025' }),
  ])
  expect(files.map(({ universe, status, as_of }) => [universe, status, as_of])).toEqual([
    ['BAD', 'rejected', undefined],
    ['NONE', 'loaded', undefined],
    ['BLANK', 'loaded', undefined],
    ['GOOD', 'loaded', '2025-06-30'],
  ])
  expect(files[0]!.problem).toEqual({
    message: 'the date of the holdings cannot be read',
    value: '31-Jun-2025',
    remedy: 'Write it like 2025-11-18, Nov 18, 2025, 18-Nov-2025 or 11/18/2025.',
  })
})
