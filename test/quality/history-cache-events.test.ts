import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { findings, foundAfter, validMarket } from './validation.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await validMarket(db)
  // A past to be broken: SPY lost OIL2 and reweighted TEC1 a day ago.
  await db.query(`UPDATE membership_history SET valid_from = valid_from - interval '2 days'`)
  await db.query(
    `INSERT INTO membership_history (group_id, symbol, weight, valid_from, valid_to, close_reason)
     SELECT g.id, x.symbol, x.weight, now() - interval '4 days', h.valid_from, x.reason
     FROM definition_groups AS g
     CROSS JOIN (VALUES ('TEC1', 39, 'reweighted'), ('OIL2', 1, 'removed')) AS x (symbol, weight, reason)
     JOIN membership_history AS h ON h.group_id = g.id AND h.symbol = 'TEC1'
     WHERE g.name = 'SPY'`,
  )
})

const SPY = `(SELECT id FROM definition_groups WHERE type = 'ETF' AND name = 'SPY')`

/** `sql` must be found by `check` once, by no other check, with this subject and detail. */
async function expectOnly(sql: string, check: string, subject: string, detail: RegExp): Promise<void> {
  const status = check === 'late_events' ? 'WARN' : 'FAIL'
  expect(await foundAfter(db, sql)).toEqual([
    {
      check_name: check,
      status,
      findings: 1,
      samples: [{ subject, detail: expect.stringMatching(detail) as string }],
    },
  ])
}

it('a true past is no fault', async () => {
  expect(await findings(db)).toEqual([])
})

describe('history_gaps', () => {
  it.each([
    [
      'a member without a row',
      `DELETE FROM membership_history WHERE group_id = ${SPY} AND symbol = 'BNK1'`,
      'BNK1',
      /^ETF SPY: a member, but history has no open row$/,
    ],
    [
      'a member whose row was closed',
      `UPDATE membership_history SET valid_to = now() WHERE group_id = ${SPY} AND symbol = 'BNK1'`,
      'BNK1',
      /^ETF SPY: a member, but history has no open row$/,
    ],
    [
      'an open row without a member',
      `INSERT INTO membership_history (group_id, symbol, valid_from) VALUES (${SPY}, 'UTL1', now())`,
      'UTL1',
      /^ETF SPY: not a member, but the row of history from 20.* is open$/,
    ],
    [
      'an open row of a deleted group',
      `INSERT INTO membership_history (group_id, symbol, valid_from) VALUES (999, 'UTL1', now())`,
      'UTL1',
      /^deleted group 999: not a member/,
    ],
    [
      'another weight',
      `UPDATE membership_history SET weight = 21 WHERE group_id = ${SPY} AND symbol = 'BNK1'`,
      'BNK1',
      /^ETF SPY: weight 20\.000000, but 21\.000000 in history$/,
    ],
    [
      'no weight',
      `UPDATE membership_history SET weight = NULL WHERE group_id = ${SPY} AND symbol = 'BNK1'`,
      'BNK1',
      /^ETF SPY: weight 20\.000000, but none in history$/,
    ],
    [
      'a reweighting after which nothing was valid for a while',
      `UPDATE membership_history SET valid_to = valid_to - interval '1 microsecond'
       WHERE group_id = ${SPY} AND symbol = 'TEC1' AND valid_to IS NOT NULL`,
      'TEC1',
      /^ETF SPY: closed as reweighted at 20.*, but no row follows$/,
    ],
  ])('%s', async (_what, sql, subject, detail) => {
    await expectOnly(sql, 'history_gaps', subject, detail)
  })

  it('a removed member that came back later is none', async () => {
    expect(
      await foundAfter(
        db,
        `INSERT INTO membership_history (group_id, symbol, weight, valid_from, valid_to, close_reason)
         VALUES (${SPY}, 'BNK1', 20, now() - interval '9 days', now() - interval '8 days', 'removed')`,
      ),
    ).toEqual([])
  })
})

describe('history_overlaps', () => {
  it.each([
    [
      'a closed row that lasts beyond the next one',
      `UPDATE membership_history SET valid_to = valid_to + interval '1 microsecond', close_reason = 'removed'
       WHERE group_id = ${SPY} AND symbol = 'TEC1' AND valid_to IS NOT NULL`,
      'TEC1',
      /^ETF SPY: the row from .* lasts until 20.*, the next begins 20/,
    ],
    [
      'two open rows',
      `INSERT INTO membership_history (group_id, symbol, weight, valid_from) VALUES (${SPY}, 'BNK1', 20, now())`,
      'BNK1',
      /^ETF SPY: the row from .* lasts until today, the next begins 20/,
    ],
    [
      'an open row before a closed one',
      `INSERT INTO membership_history (group_id, symbol, weight, valid_from, valid_to)
       VALUES (${SPY}, 'BNK1', 20, now(), now() + interval '1 second')`,
      'BNK1',
      /lasts until today/,
    ],
  ])('%s', async (_what, sql, subject, detail) => {
    await expectOnly(sql, 'history_overlaps', subject, detail)
  })
})

describe('stale_cache', () => {
  const ours = `WHERE universe = 'SPY' AND universe_category = 'ETF'`
  it.each([
    ['a symbol that is missing', `SET value = value - 'OIL1', content = jsonb_set(content, '{symbols}', value - 'OIL1')`, /^ETF: the entry lists 3 symbols, the universe has 4$/],
    ['another symbol in value', `SET value = jsonb_set(value, '{3}', '"UTL1"')`, /^ETF: the entry lists other symbols/],
    ['another order', `SET value = '["TEC2", "TEC1", "BNK1", "OIL1"]', content = jsonb_set(content, '{symbols}', '["TEC2", "TEC1", "BNK1", "OIL1"]')`, /or in another order/],
    ['other symbols in content', `SET content = jsonb_set(content, '{symbols}', '[]')`, /^ETF: the entry lists other/],
    ['another count', `SET content = jsonb_set(content, '{count}', '5')`, /or with another count$/],
    ['no list at all', `SET value = '{}'`, /^ETF: the entry lists other/],
    ['nothing', `SET value = NULL`, /^ETF: the entry lists other/],
  ])('%s', async (_what, set, detail) => {
    await expectOnly(`UPDATE cache_entries ${set} ${ours}`, 'stale_cache', 'SPY', detail)
  }) // prettier-ignore

  it('a row that is missing', async () => {
    await expectOnly(`DELETE FROM cache_entries ${ours}`, 'stale_cache', 'SPY', /^ETF: no entry$/)
  })

  it('a row of ours without a universe, or of a retired one', async () => {
    const surplus = /^ETF: an entry of a universe that does not exist or is retired$/
    await expectOnly(
      `INSERT INTO cache_entries (universe, content, cache_type, key, value, universe_category, universe_metadata, environment)
       SELECT 'GONE', content, cache_type, 'GONE', value, universe_category, universe_metadata, environment FROM cache_entries ${ours}`,
      'stale_cache',
      'GONE',
      surplus,
    )
    await expectOnly(
      `DELETE FROM group_memberships WHERE group_id = ${SPY};
       UPDATE membership_history SET valid_to = now() WHERE group_id = ${SPY} AND valid_to IS NULL;
       UPDATE definition_groups SET metadata = '{"retired_at": "2026-01-01"}' WHERE id = ${SPY}`,
      'stale_cache',
      'SPY',
      surplus,
    )
  })

  it('rows of other programs, and when ours were written, do not matter', async () => {
    expect(
      await foundAfter(
        db,
        `INSERT INTO cache_entries (type, name, key, value) VALUES ('app_settings', 'theme', 'colour', '"dark"');
         INSERT INTO cache_entries (key, value, universe_category, universe_metadata) VALUES ('old', '["A"]', 'mine', '{}');
         UPDATE cache_entries SET updated_at = '2020-01-01',
           content = jsonb_set(content, '{last_updated}', '"2020-01-01T00:00:00Z"') ${ours}`,
      ),
    ).toEqual([])
  })

  it('a row that a key of an adopted table keeps out is none', async () => {
    expect(
      await foundAfter(
        db,
        `ALTER TABLE cache_entries ADD UNIQUE (universe);
         INSERT INTO definition_groups (name, type) VALUES ('SPY', 'OTHER');
         SELECT update_cache(array_agg(id)) FROM definition_groups`,
      ),
    ).toEqual([])
  })
})

describe('late_events', () => {
  it('events that wait longer than the limit', async () => {
    const event = `(SELECT max(seq) FROM universe_events)`
    const [row] = await db.query<{ seq: string }>(`SELECT ${event} AS seq`)
    const age = (minutes: number): string =>
      `UPDATE universe_events SET created_at = now() - interval '${minutes} minutes' WHERE seq = ${event}`
    await expectOnly(
      age(11),
      'late_events',
      `event ${row!.seq}`,
      /^cache_sync_completed, waiting for 11 minutes, limit 10$/,
    )
    expect(await foundAfter(db, age(9))).toEqual([])
    expect(await foundAfter(db, `${age(11)}; UPDATE universe_events SET published_at = now()`)).toEqual([])
    expect(
      await foundAfter(
        db,
        `${age(11)}; UPDATE settings SET value = 12 WHERE name = 'alert_event_lag_minutes'`,
      ),
    ).toEqual([])
  })
})
