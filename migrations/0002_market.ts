import { firstVersions, migration } from '../src/database/install.js'

/** Securities and prices, the marks of what changed in them, and whether the prices of a day are in. */
export const { files, up, down } = migration([
  { path: 'market/symbols', version: 1, adopt: true },
  { path: 'market/ohlcv_daily', version: 1, adopt: true },
  ...firstVersions(
    'market/has_date_index',
    'market/market_changes',
    'market/track_price_changes',
    'market/track_symbol_changes',
    'market/assert_price_day',
    'market/prices_in',
  ),
])
