import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** History that can be asked, and gone back to. */
const objects: SqlObject[] = [
  ...firstVersions([
    'history/membership_reason',
    'history/recorded_runs',
    'history/file_at',
    'history/membership_diff',
    'history/explain_membership',
    'history/moment_of',
    'history/desired_past',
    'history/remember_rollback',
    'history/rollback_universes',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
