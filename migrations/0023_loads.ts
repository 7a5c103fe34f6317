import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Loads as documents: their history, and one with everything that it did. */
const objects: SqlObject[] = firstVersions([
  'loading/load_summary',
  'loading/load_history',
  'loading/load_document',
])

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
