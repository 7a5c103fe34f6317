import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** What the admin page shows first, in one round trip. */
const objects: SqlObject[] = [
  ...firstVersions([
    'reports/overview_universes',
    'reports/overview_runs',
    'reports/overview_running',
    'reports/overview',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
