import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** JSON copies of the universes for existing readers. */
const objects: SqlObject[] = [
  { path: 'cache/cache_entries', version: 1, adopt: true },
  ...firstVersions(['cache/group_entries', 'cache/uncached_entries', 'cache/update_cache']),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
