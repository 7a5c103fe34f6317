import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
})

beforeEach(async () => {
  await db.query('TRUNCATE universe_events RESTART IDENTITY')
})

async function claimed(
  limit = 1000,
  after = 0,
): Promise<{ seq: string; event: string; channels: string[]; message: string }[]> {
  return db.query('SELECT * FROM next_events($1, $2)', [limit, after])
}

async function chain(): Promise<[number, number][]> {
  return (await claimed()).map(({ message }) => {
    const { seq, prev_seq } = JSON.parse(message) as { seq: number; prev_seq: number }
    return [seq, prev_seq]
  })
}

describe('publish_event', () => {
  test('a second writer waits until the first has committed: order of seq is order of commit', async () => {
    const [first, second] = [await db.client(), await db.client()]
    await second.query('BEGIN')
    const { rows: session } = await second.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    await first.query('BEGIN')
    await first.query(`SELECT publish_event('alert', '{"by": "first"}')`)
    let secondDone = false
    const late = second
      .query(`SELECT publish_event('alert', '{"by": "second"}')`)
      .then(() => (secondDone = true))
    await waitsForLock(session[0]?.pid ?? 0)
    expect(secondDone).toBe(false)
    await first.query('COMMIT')
    await late
    await second.query('COMMIT')
    const rows = await db.query(`SELECT payload ->> 'by' AS by FROM universe_events ORDER BY seq`)
    expect(rows).toEqual([{ by: 'first' }, { by: 'second' }])
  })

  test('a reader that saw a seq never finds a smaller one later', async () => {
    const clients = await Promise.all([1, 2, 3, 4].map(() => db.client()))
    const seen: number[] = []
    let writing = true
    const reader = (async () => {
      while (writing) {
        const after = seen.at(-1) ?? 0
        const rows = await db.query<{ seq: string }>(
          'SELECT seq FROM universe_events WHERE seq > $1 ORDER BY seq',
          [after],
        )
        seen.push(...rows.map(({ seq }) => Number(seq)))
      }
    })()
    await Promise.all(
      clients.map(async (client) => {
        for (let n = 0; n < 50; n++) {
          await client.query('BEGIN')
          await client.query(`SELECT publish_event('alert', '{}')`)
          await client.query(n % 5 === 0 ? 'ROLLBACK' : 'COMMIT')
        }
      }),
    )
    writing = false
    await reader
    const stored = await db.query<{ seq: string }>(
      'SELECT seq FROM universe_events WHERE seq <= $1 ORDER BY seq',
      [seen.at(-1)],
    )
    expect(seen).toEqual(stored.map(({ seq }) => Number(seq)))
    expect(stored.length).toBeGreaterThan(0)
  })

  test('another schema does not wait', async () => {
    const [first, second] = [await db.client(), await db.client()]
    await first.query('BEGIN')
    await first.query('SELECT lock_events()')
    await second.query('BEGIN')
    await second.query('CREATE SCHEMA elsewhere')
    await second.query('SET LOCAL search_path = elsewhere, pg_temp')
    await second.query(`CREATE FUNCTION api_schema() RETURNS text LANGUAGE sql IMMUTABLE RETURN 'elsewhere'`)
    for (const name of ['lock_key', 'lock_events']) {
      const [definition] = await db.query<{ text: string }>(
        `SELECT pg_get_functiondef($1::regproc) AS text`,
        [name],
      )
      await second.query(
        definition!.text
          .replaceAll('universes.', 'elsewhere.')
          .replace("'universes', 'public'", "'elsewhere', 'public'"),
      )
    }
    await second.query('SELECT elsewhere.lock_events()')
    await second.query('ROLLBACK')
    await first.query('ROLLBACK')
  })

  test('one notification per transaction, and none when it is rolled back', async () => {
    const listener = await db.client()
    const heard: string[] = []
    listener.on('notification', ({ channel }) => heard.push(channel))
    await listener.query('LISTEN universe_events')
    await db.query(
      `SELECT publish_event('alert', jsonb_build_object('n', n)) FROM generate_series(1, 500) AS n`,
    )
    const undone = await db.client()
    await undone.query('BEGIN')
    await undone.query(`SELECT publish_event('alert', '{}')`)
    await undone.query('ROLLBACK')
    await db.query('NOTIFY universe_events, $$last$$')
    await listener.query('SELECT 1')
    expect(heard).toEqual(['universe_events', 'universe_events'])
    expect(await db.query('SELECT count(*)::integer AS n FROM universe_events')).toEqual([{ n: 500 }])
  })

  test('publish_events keeps the order of the array and records the run', async () => {
    const run = '00000000-0000-0000-0000-000000000007'
    const events = Array.from({ length: 300 }, (_, n) => ({ event: 'alert', payload: { n } }))
    const [result] = await db.query<{ n: number }>('SELECT publish_events($1, $2) AS n', [
      JSON.stringify(events),
      run,
    ])
    expect(result?.n).toBe(300)
    const rows = await db.query<{ n: number; run_id: string }>(
      `SELECT (payload ->> 'n')::integer AS n, run_id FROM universe_events ORDER BY seq`,
    )
    expect(rows.map(({ n }) => n)).toEqual(events.map(({ payload }) => payload.n))
    expect(new Set(rows.map(({ run_id }) => run_id))).toEqual(new Set([run]))
    expect(await db.query(`SELECT publish_events('[]') AS n`)).toEqual([{ n: 0 }])
  })
})

describe('next_events', () => {
  test('the message is the one of the design, key by key', async () => {
    await db.query(
      `INSERT INTO universe_events (event, payload, created_at)
       VALUES ('cache_sync_completed', '{"job_id": "a \\"quoted\\" id"}', '2026-01-25 11:35:00.987-05')`,
    )
    const [first] = await claimed()
    expect(first?.message).toBe(
      '{"event": "cache_sync_completed", "timestamp": "2026-01-25T16:35:00Z", "source": "daily_cache_sync_job", ' +
        '"version": "1.0", "seq": 1, "prev_seq": 0, "payload": {"job_id": "a \\"quoted\\" id"}}',
    )
  })

  test('the timestamp does not depend on the time zone of the session', async () => {
    await db.query(
      `INSERT INTO universe_events (event, payload, created_at) VALUES ('alert', '{}', '2026-07-01T12:00:00Z')`,
    )
    const client = await db.client()
    await client.query(`SET timezone = 'Asia/Tokyo'`)
    const { rows } = await client.query<{ message: string }>('SELECT message FROM next_events()')
    expect(JSON.parse(rows[0]?.message ?? '')).toMatchObject({ timestamp: '2026-07-01T12:00:00Z' })
  })

  test('an event goes to each of its channels, in byte order, or to none', async () => {
    await db.query(`SELECT publish_event('universe_updated', '{}'), publish_event('unheard_of', '{}')`)
    const rows = await claimed()
    expect(rows.map(({ event, channels }) => [event, channels])).toEqual([
      ['universe_updated', ['tickstock:universe:updated', 'universe_updates']],
      ['unheard_of', []],
    ])
  })

  test('prev_seq is the row before, over numbers that were rolled back and over published rows', async () => {
    await db.query(`SELECT publish_event('alert', '{}') FROM generate_series(1, 3)`)
    const undone = await db.client()
    await undone.query('BEGIN')
    await undone.query(`SELECT publish_event('alert', '{}')`)
    await undone.query('ROLLBACK')
    await db.query(`SELECT publish_event('alert', '{}') FROM generate_series(1, 3)`)
    expect(await chain()).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
      [5, 3],
      [6, 5],
      [7, 6],
    ])
    await db.query('SELECT mark_events_published(ARRAY[1, 2, 5])')
    expect(await chain()).toEqual([
      [3, 2],
      [6, 5],
      [7, 6],
    ])
  })

  test('limit and position', async () => {
    await db.query(`SELECT publish_event('alert', '{}') FROM generate_series(1, 5)`)
    expect((await claimed(2)).map(({ seq }) => seq)).toEqual(['1', '2'])
    expect((await claimed(2, 3)).map(({ seq }) => seq)).toEqual(['4', '5'])
    expect(await claimed(2, 5)).toEqual([])
  })
})

describe('mark_events_published', () => {
  test('marks exactly what it is given, once', async () => {
    await db.query(`SELECT publish_event('alert', '{}') FROM generate_series(1, 4)`)
    expect(await db.query('SELECT mark_events_published(ARRAY[2, 4, 99]) AS n')).toEqual([{ n: 2 }])
    const before = await db.query('SELECT seq, published_at FROM universe_events ORDER BY seq')
    expect(before.map(({ published_at }) => published_at !== null)).toEqual([false, true, false, true])
    expect(await db.query('SELECT mark_events_published(ARRAY[2, 4]) AS n')).toEqual([{ n: 0 }])
    expect(await db.query('SELECT seq, published_at FROM universe_events ORDER BY seq')).toEqual(before)
  })
})

describe('unpublished_events', () => {
  test('counts what waits and for how long', async () => {
    expect(await db.query('SELECT * FROM unpublished_events')).toEqual([
      { events: '0', oldest_created_at: null, seconds_waiting: '0.000' },
    ])
    await db.query(
      `INSERT INTO universe_events (event, payload, created_at)
       VALUES ('alert', '{}', now() - interval '1 hour'), ('alert', '{}', now())`,
    )
    const [row] = await db.query<{ events: string; seconds_waiting: string }>(
      'SELECT * FROM unpublished_events',
    )
    expect(row?.events).toBe('2')
    expect(Number(row?.seconds_waiting)).toBeGreaterThanOrEqual(3600)
    await db.query('SELECT mark_events_published(ARRAY[1])')
    const [later] = await db.query<{ seconds_waiting: string }>('SELECT * FROM unpublished_events')
    expect(Number(later?.seconds_waiting)).toBeLessThan(3600)
  })
})

describe('purge_events', () => {
  const age = (seqs: number[], days: number): Promise<unknown> =>
    db.query(`UPDATE universe_events SET published_at = now() - $2 * interval '1 day' WHERE seq = ANY ($1)`, [
      seqs,
      days,
    ])
  const left = async (): Promise<number[]> =>
    (await db.query<{ seq: string }>('SELECT seq FROM universe_events ORDER BY seq')).map(({ seq }) =>
      Number(seq),
    )

  test('deletes what was published before the retention, and keeps the newest row', async () => {
    await db.query(`SELECT publish_event('alert', '{}') FROM generate_series(1, 4)`)
    await age([1, 2], 31)
    await age([3, 4], 29)
    expect(await db.query('SELECT purge_events() AS n')).toEqual([{ n: '2' }])
    expect(await left()).toEqual([3, 4])
    await age([3, 4], 31)
    expect(await db.query('SELECT purge_events() AS n')).toEqual([{ n: '1' }])
    expect(await left()).toEqual([4])
    await db.query(`SELECT publish_event('alert', '{}')`)
    expect(await chain()).toEqual([[5, 4]])
  })

  test('keeps what waits, however old, and the row before it', async () => {
    await db.query(`SELECT publish_event('alert', '{}') FROM generate_series(1, 4)`)
    await age([1, 2], 365)
    expect(await db.query('SELECT purge_events() AS n')).toEqual([{ n: '1' }])
    expect(await chain()).toEqual([
      [3, 2],
      [4, 3],
    ])
  })

  test('follows the setting', async () => {
    await db.query(`SELECT publish_event('alert', '{}') FROM generate_series(1, 3)`)
    await age([1, 2, 3], 31)
    await db.query(`UPDATE settings SET value = 40 WHERE name = 'event_retention_days'`)
    expect(await db.query('SELECT purge_events() AS n')).toEqual([{ n: '0' }])
    await db.query(`UPDATE settings SET value = 30 WHERE name = 'event_retention_days'`)
    expect(await db.query('SELECT purge_events() AS n')).toEqual([{ n: '2' }])
  })
})

describe('lock_relay', () => {
  test('one session has it, and it is free when that session ends', async () => {
    const [first, second] = [await db.client(), await db.client()]
    expect((await first.query('SELECT lock_relay() AS ok')).rows).toEqual([{ ok: true }])
    expect((await second.query('SELECT lock_relay() AS ok')).rows).toEqual([{ ok: false }])
    await first.end()
    for (let ok = false; !ok;)
      ok = (await second.query<{ ok: boolean }>('SELECT lock_relay() AS ok')).rows[0]?.ok ?? false
  })
})

/** Waits until this session waits for an advisory lock. */
async function waitsForLock(pid: number): Promise<void> {
  for (let waiting = false; !waiting;) {
    const rows = await db.query(
      `SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock' AND wait_event = 'advisory'`,
      [pid],
    )
    waiting = rows.length === 1
  }
}
