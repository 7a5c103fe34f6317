import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Market-cap bands and rankings. */
const objects: SqlObject[] = [
  ...firstVersions([
    'rankings/stock_bands',
    'rankings/market_ranking',
    'rankings/sector_ranking',
    'rankings/market_cap_buckets',
    'rankings/market_leaders',
    'rankings/sector_leaders',
    'rankings/desired_bands',
    'rankings/desired_rankings',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
