import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Refreshes that somebody asks for and somebody else runs, with progress on the way. */
const objects: SqlObject[] = [
  ...firstVersions([
    'jobs/sync_jobs',
    'jobs/waiting_jobs',
    'jobs/no_such_job',
    'jobs/request_refresh',
    'jobs/next_job',
    'jobs/run_summary',
    'jobs/announce_end',
    'jobs/run_job',
    'jobs/fail_job',
    'jobs/publish_progress',
    'jobs/job_events',
    'jobs/job_status',
    'jobs/run_history',
    'jobs/run_statistics',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
