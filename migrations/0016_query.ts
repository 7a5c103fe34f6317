import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Questions about one stock, one universe, or all of it, now or on a past day, and names that were nearly right. */
const objects: SqlObject[] = [
  ...firstVersions([
    'query/plain_name',
    'query/nearest_names',
    'query/no_such_name',
    'query/find_universe',
    'query/find_symbol',
    'query/as_of_moment',
    'query/constituents_at',
    'query/universe_file',
    'query/describe_universe',
    'query/stock_universes',
    'query/describe_stock',
    'query/describe_all',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
