import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** What is installed, and adoption of tables that exist already. */
const objects: SqlObject[] = [
  ...firstVersions([
    'install/installed_objects',
    'install/installed_tables',
    'install/unique_keys',
    'install/trial_rows',
    'install/check_adoptable',
    'install/add_missing_columns',
    'install/insert_trial_row',
    'install/refused_by',
    'install/too_short_for',
    'install/check_writable',
    'install/adopt_table',
    'install/release_table',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
