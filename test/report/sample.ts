import type { RelationshipReport } from '../../src/operations/report.js'

const AT = '2026-11-21T10:00:00+00:00'

/** A small report in which every part has something to say. */
export function sampleReport(): RelationshipReport {
  const activity = { id: '1', dry_run: false, started_at: AT, duration_ms: 12.5, changes: 3, held: 0 }
  const change = { last_change: AT, added: 1, removed: 0 }
  return {
    environment: 'DEFAULT',
    database: 'market',
    schema: 'public',
    server_version: '18.0',
    generated_at: AT,
    detail: true,
    totals: {
      stocks: 4,
      etfs: 1,
      other_securities: 0,
      inactive_symbols: 0,
      universes: 3,
      retired_universes: 1,
      memberships: 6,
      history_rows: 7,
      history_since: AT,
      prices: 5,
      priced_from: '2026-01-02',
      priced_to: '2026-08-21',
      events_waiting: 2,
      events_waiting_since: AT,
    },
    sectors: [
      {
        sector: 'information_technology',
        title: 'Information Technology',
        stocks: 3,
        percent: 75,
        market_cap: 4e12,
        market_cap_percent: 88.89,
        sources: { sic: 3 },
      },
      {
        sector: 'energy',
        title: 'Energy',
        stocks: 1,
        percent: 25,
        market_cap: 5e11,
        market_cap_percent: 11.11,
        sources: { sic: 1 },
      },
    ],
    sector_sources: [{ source: 'sic', title: 'SIC code', stocks: 4, percent: 100 }],
    coverage: [
      { measure: 'sector', title: 'Known sector', covered: 3, total: 4, percent: 75, missing: ['BRK.B'] },
    ],
    types: [
      { type: 'ETF', universes: 1, members: 2, empty: 0, ...change, largest: 'SPY', largest_members: 2 },
      {
        type: 'SECTOR',
        universes: 2,
        members: 4,
        empty: 1,
        ...change,
        largest: 'energy',
        largest_members: 3,
      },
    ],
    integrity: [
      {
        check_name: 'one',
        relation: 'check_one',
        status: 'PASS',
        findings: 0,
        samples: [],
        title: 'One',
        remedy: '',
      },
      {
        check_name: 'two',
        relation: 'check_two',
        status: 'WARN',
        findings: 2,
        title: 'Two',
        remedy: 'Mend.',
        samples: [
          { subject: 'A', detail: 'in B' },
          { subject: 'C', detail: 'in D' },
        ],
      },
    ],
    alerts: [
      {
        alert: 'file_held',
        subject: 'etfs file x.csv',
        value: null,
        allowed: null,
        unit: null,
        since: AT,
        detail: 'too many would go',
      },
    ],
    runs: [
      {
        ...activity,
        kind: 'refresh',
        mode: 'full',
        status: 'completed',
        triggered_by: 'cron',
        universes: 2,
        alerts: 0,
        error: null,
      },
    ],
    loads: [
      {
        ...activity,
        kind: 'etfs',
        mode: 'full',
        status: 'loaded',
        triggered_by: 'me',
        files: 1,
        loaded: 1,
        unchanged: 0,
        rejected: 0,
      },
    ],
    universes: [
      {
        type: 'ETF',
        name: 'SPY',
        description: 'SPDR S&P 500',
        members: 2,
        ...change,
        known_since: AT,
        as_of: '2025-11-18',
        weight_sum: 99.5,
        file: 'spy.csv',
      },
      {
        type: 'SECTOR',
        name: 'energy',
        description: null,
        members: 1,
        ...change,
        known_since: AT,
        as_of: null,
        weight_sum: null,
        file: null,
      },
    ],
    funds: [
      {
        fund: 'SPY',
        description: 'SPDR S&P 500',
        members: 2,
        as_of: '2025-11-18',
        weight_sum: 99.5,
        top_weight: 99.5,
        holdings: [
          { rank: 1, symbol: 'AAPL', name: 'Apple', weight: 60, market_cap: 4e12 },
          { rank: 2, symbol: 'XOM', name: null, weight: 39.5, market_cap: null },
        ],
      },
    ],
  }
}
