import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { findings, foundAfter, SETTLE, validMarket } from './validation.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await validMarket(db)
})

const group = (type: string, name: string): string =>
  `(SELECT id FROM definition_groups WHERE type = '${type}' AND name = '${name}')`
const member = (type: string, name: string, symbol: string): string =>
  `group_id = ${group(type, name)} AND symbol = '${symbol}'`

interface Break {
  what: string
  sql: string
  check: string
  status?: 'WARN' | 'FAIL'
  subjects: string[]
  detail: RegExp
}

const breaks: Break[] = [
  {
    what: 'an ETF without members',
    sql: `DELETE FROM group_memberships WHERE group_id = ${group('ETF', 'SPY')};
          UPDATE definition_groups SET metadata = metadata - 'rows' WHERE name = 'SPY'; ${SETTLE}`,
    check: 'empty_etfs',
    subjects: ['SPY'],
    detail: /^no member, loaded from spy_holdings\.csv$/,
  },
  {
    what: 'a fund that lacks a row of its file',
    sql: `DELETE FROM group_memberships WHERE id = (
            SELECT id FROM group_memberships WHERE group_id = ${group('ETF', 'SPY')} ORDER BY weight, id LIMIT 1); ${SETTLE}`,
    check: 'file_members',
    subjects: ['SPY'],
    detail: /^its file states \d+ rows: \d+ are members, 0 are withheld$/,
  },
  {
    what: 'a loaded universe without members',
    sql: `INSERT INTO definition_groups (name, type) VALUES ('dow30', 'UNIVERSE'); ${SETTLE}`,
    check: 'empty_universes',
    subjects: ['dow30'],
    detail: /^no member$/,
  },
  {
    what: 'a theme without members',
    sql: `DELETE FROM group_memberships WHERE group_id = ${group('THEME', 'giants')}; ${SETTLE}`,
    check: 'empty_themes',
    status: 'WARN',
    subjects: ['giants'],
    detail: /^no member$/,
  },
  {
    what: 'stocks in no sector',
    sql: `DELETE FROM group_memberships
          WHERE group_id = ${group('SECTOR', 'energy')} AND symbol IN ('OIL1', 'OIL2'); ${SETTLE}`,
    check: 'unsectored_stocks',
    subjects: ['OIL1', 'OIL2'],
    detail: /^active CS, in no SECTOR universe$/,
  },
  {
    what: 'a stock in two sectors',
    sql: `INSERT INTO group_memberships (group_id, symbol) VALUES (${group('SECTOR', 'utilities')}, 'OIL1'); ${SETTLE}`,
    check: 'multi_sector_stocks',
    subjects: ['OIL1'],
    detail: /^in energy, utilities$/,
  },
  {
    what: 'more unknown stocks than the limit allows',
    sql: `UPDATE group_memberships SET group_id = ${group('SECTOR', 'unknown')}
          WHERE ${member('SECTOR', 'energy', 'OIL1')}; ${SETTLE}`,
    check: 'unknown_sector_stocks',
    status: 'WARN',
    subjects: ['OIL1'],
    detail: /^one of 1 unknown among 60 stocks: 1\.67 percent, limit 1$/,
  },
  {
    what: 'a sector that the standard does not know',
    sql: `INSERT INTO definition_groups (name, type) VALUES ('crypto', 'SECTOR'); ${SETTLE}`,
    check: 'sector_groups',
    subjects: ['crypto'],
    detail: /^neither a GICS sector nor unknown$/,
  },
  {
    what: 'a sector that is missing',
    sql: `DELETE FROM cache_entries WHERE universe = 'materials'; DELETE FROM definition_groups WHERE id = ${group('SECTOR', 'materials')}`,
    check: 'sector_groups',
    subjects: ['materials'],
    detail: /^there is no SECTOR universe of it$/,
  },
  {
    what: 'a sector that is missing from the table sectors too',
    sql: `DELETE FROM cache_entries WHERE universe = 'materials'; DELETE FROM definition_groups WHERE id = ${group('SECTOR', 'materials')};
          ALTER TABLE sectors DISABLE TRIGGER ALL; DELETE FROM sectors WHERE name = 'materials'`,
    check: 'sector_groups',
    subjects: ['GICS sector 15'],
    detail: /^there is no SECTOR universe of it$/,
  },
  {
    what: 'a membership of a group that does not exist',
    sql: `ALTER TABLE group_memberships DROP CONSTRAINT group_memberships_group_id_fkey;
          INSERT INTO group_memberships (group_id, symbol) VALUES (999, 'TEC1'); ${SETTLE}`,
    check: 'orphan_memberships',
    subjects: ['TEC1'],
    detail: /^member of group 999, which does not exist$/,
  },
  {
    what: 'an inactive member',
    sql: `UPDATE symbols SET active = false WHERE symbol = 'TEC1'`,
    check: 'inactive_members',
    subjects: ['TEC1'],
    detail:
      /^inactive, in COMPLETE all_stocks, ETF SPY, ETF XLK, INDUSTRY software, MARKET_CAP mega_cap and \d+ more$/,
  },
  {
    what: 'a member that symbols does not know',
    sql: `INSERT INTO group_memberships (group_id, symbol) VALUES (${group('ETF', 'SPY')}, 'tec1'), (${group('THEME', 'giants')}, 'tec1');
          UPDATE definition_groups SET metadata = metadata - 'rows' WHERE name = 'SPY'; ${SETTLE}`,
    check: 'unlisted_members',
    status: 'WARN',
    subjects: ['tec1'],
    detail: /^in ETF SPY, THEME giants$/,
  },
  {
    what: 'a fund of 103 percent',
    sql: `UPDATE group_memberships SET weight = 43 WHERE ${member('ETF', 'SPY', 'TEC1')}; ${SETTLE}`,
    check: 'high_weight_sums',
    subjects: ['SPY'],
    detail: /^4 weights sum to 103\.00 percent, limit 101$/,
  },
  {
    what: 'a fund of 85 percent',
    sql: `UPDATE group_memberships SET weight = 25 WHERE ${member('ETF', 'SPY', 'TEC1')}; ${SETTLE}`,
    check: 'low_weight_sums',
    status: 'WARN',
    subjects: ['SPY'],
    detail: /^4 weights sum to 85\.00 percent, limit 90$/,
  },
  {
    what: 'a negative weight, in a fund of 100 percent',
    sql: `UPDATE group_memberships SET weight = CASE symbol WHEN 'TEC1' THEN 51 ELSE -1 END
          WHERE group_id = ${group('ETF', 'SPY')} AND symbol IN ('TEC1', 'OIL1'); ${SETTLE}`,
    check: 'negative_weights',
    subjects: ['OIL1'],
    detail: /^-1\.000000 percent of ETF SPY$/,
  },
  {
    what: 'a rank that is left out',
    sql: `UPDATE group_memberships SET metadata = '{"rank": 11}' WHERE ${member('MARKET_LEADERS', 'top_10_stocks', 'TEC10')}`,
    check: 'rank_gaps',
    subjects: ['top_10_stocks'],
    detail: /^10 members have 10 different ranks, from 1 to 11$/,
  },
  {
    what: 'a rank that two members have',
    sql: `UPDATE group_memberships SET metadata = '{"rank": 1}' WHERE ${member('SECTOR_LEADERS', 'top_10_energy', 'OIL2')}`,
    check: 'rank_gaps',
    subjects: ['top_10_energy'],
    detail: /^10 members have 9 different ranks, from 1 to 10$/,
  },
  {
    what: 'a ranked member without rank',
    sql: `UPDATE group_memberships SET metadata = NULL WHERE ${member('MARKET_LEADERS', 'top_10_stocks', 'TEC10')}; ${SETTLE}`,
    check: 'rank_gaps',
    subjects: ['top_10_stocks'],
    detail: /^10 members have 9 different ranks, from 1 to 9$/,
  },
]

describe('every check finds its fault, and no other check does', () => {
  it('before anything is broken all pass', async () => {
    expect(await findings(db)).toEqual([])
  })

  it.each(breaks)('$check: $what', async ({ sql, check, status = 'FAIL', subjects, detail }) => {
    const found = await foundAfter(db, sql)
    expect(found.map(({ check_name, status, findings }) => [check_name, status, findings])).toEqual([
      [check, status, subjects.length],
    ])
    expect(found[0]!.samples.map(({ subject }) => subject)).toEqual(subjects)
    for (const sample of found[0]!.samples) expect(sample.detail).toMatch(detail)
  })
})

describe('what is no fault', () => {
  it.each([
    [
      'a retired universe without members',
      `INSERT INTO definition_groups (name, type, metadata) VALUES ('OLD', 'ETF', '{"retired_at": "2026-01-01"}')`,
    ],
    [
      'as many unknown stocks as the limit allows',
      `UPDATE group_memberships SET group_id = ${group('SECTOR', 'unknown')} WHERE ${member('SECTOR', 'energy', 'OIL1')};
       ${SETTLE}; UPDATE settings SET value = 1.67 WHERE name = 'validate_unknown_sector_percent'`,
    ],
    ['unknown members while symbols is empty', 'DELETE FROM symbols'],
    [
      'a fund without weights',
      `UPDATE group_memberships SET weight = NULL WHERE group_id = ${group('ETF', 'SPY')}; ${SETTLE}`,
    ],
  ])('%s', async (_what, sql) => {
    const found = await foundAfter(db, sql)
    const emptied = /^empty_/
    expect(found.filter(({ check_name }) => !emptied.test(check_name))).toEqual([])
  })
})
