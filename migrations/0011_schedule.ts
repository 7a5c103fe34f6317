import { firstVersions, migration } from '../src/database/install.js'

/** The schedule of the refresh in pg_cron. */
export const { files, up, down } = migration(
  firstVersions(
    'refresh/refresh_job_name',
    'refresh/refresh_is_due',
    'refresh/pg_cron_timezone',
    'refresh/cron_in_timezone',
    'refresh/assert_pg_cron',
    'refresh/schedule_refresh',
    'refresh/unschedule_refresh',
  ),
)
