import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Securities and prices, and the marks of what changed in them. */
const objects: SqlObject[] = [
  { path: 'market/symbols', version: 1, adopt: true },
  { path: 'market/ohlcv_daily', version: 1, adopt: true },
  ...firstVersions([
    'market/has_date_index',
    'market/market_changes',
    'market/track_price_changes',
    'market/track_symbol_changes',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
