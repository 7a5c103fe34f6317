import { firstVersions, migration } from '../src/database/install.js'

/** Queries of the history, and rollback. */
export const { files, up, down } = migration(
  firstVersions(
    'history/membership_reason',
    'history/recorded_runs',
    'history/source_file_at',
    'history/withhold_past',
    'history/membership_diff',
    'history/explain_membership',
    'history/resolve_timestamp',
    'history/desired_past',
    'history/record_rollback',
    'history/rollback_universes',
  ),
)
