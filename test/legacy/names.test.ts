import { expect, it } from 'vitest'
import { listSmallMarket } from '../refresh/market.js'
import { testDatabase } from '../support/index.js'
import { addLegacyRows, imported, universes } from './legacy-rows.js'

const db = await testDatabase(import.meta.url)
await listSmallMarket(db)

it.each([
  [
    'of a family that nobody knows is the universe of that name, not a second one',
    { universe: 'top_100', content: ['TEC1'], cache_type: 'stock_universe' },
    { 'MARKET_LEADERS top_100': ['TEC1'] },
  ],
  [
    'of a list of funds is no fund',
    { key: 'technology_etfs', value: ['XLK', 'SPY'], universe_category: 'etfs' },
    { 'UNIVERSE technology_etfs': ['SPY', 'XLK'] },
  ],
  [
    'of a setting is none, although it lists words in capitals',
    { universe: 'exchanges', content: ['NYSE', 'NASDAQ'], cache_type: 'app_settings' },
    {},
  ],
  [
    'of a ranking is in the order of its ranks, whatever the order of the list',
    {
      key: 'top_250',
      universe_category: 'market_leaders',
      value: {
        stocks: [
          { ticker: 'OIL1', rank: 2 },
          { ticker: 'BNK1', rank: 1 },
        ],
      },
    },
    { 'MARKET_LEADERS top_250': ['BNK1', 'OIL1'] },
  ],
  [
    'of an object whose first list is empty of meaning has the members of the next one',
    { universe: 'mixed', cache_type: 'mine', content: { symbols: null, etfs: 3, tickers: ['TEC1'] } },
    { 'UNIVERSE mixed': ['TEC1'] },
  ],
])('the name %s', async (_what, row, expected) => {
  const before = await universes(db)
  await addLegacyRows(db, [row])
  expect(await imported(db)).toMatchObject({ status: 'completed' })
  const added = Object.entries(await universes(db)).filter(([name]) => !(name in before))
  expect(Object.fromEntries(added)).toEqual(expected)
})
