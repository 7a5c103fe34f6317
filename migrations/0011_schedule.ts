import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** The nightly job's place in pg_cron. */
const objects: SqlObject[] = [
  ...firstVersions([
    'refresh/refresh_job_name',
    'refresh/refresh_is_due',
    'refresh/pg_cron_timezone',
    'refresh/cron_in_timezone',
    'refresh/check_pg_cron',
    'refresh/schedule_refresh',
    'refresh/unschedule_refresh',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
