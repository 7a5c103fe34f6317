import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Universes of the predecessor, read out of its cache_entries. */
const objects: SqlObject[] = [
  ...firstVersions([
    'legacy/legacy_families',
    'legacy/legacy_families_seed',
    'legacy/listed_symbols',
    'legacy/legacy_universes',
    'legacy/desired_legacy',
    'legacy/import_legacy',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
