import { firstVersions, migration } from '../src/database/install.js'

/** Jobs: refreshes that one session requests and the service runs, with progress. */
export const { files, up, down } = migration(
  firstVersions(
    'jobs/sync_jobs',
    'jobs/waiting_jobs',
    'jobs/raise_unknown_job',
    'jobs/request_refresh',
    'jobs/next_job',
    'jobs/run_summary',
    'jobs/publish_run_end',
    'jobs/run_job',
    'jobs/fail_job',
    'jobs/publish_progress',
    'jobs/job_events',
    'jobs/job_status',
    'jobs/run_history',
    'jobs/run_statistics',
  ),
)
