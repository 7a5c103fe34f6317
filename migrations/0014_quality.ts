import { firstVersions, migration } from '../src/database/install.js'

/** Checks of the relationships between stocks, universes, history and cache, and the function that runs them. */
export const { files, up, down } = migration(
  firstVersions(
    'quality/relationship_checks',
    'quality/relationship_checks_seed',
    'quality/validate_settings_seed',
    'quality/empty_groups',
    'quality/fund_weights',
    'quality/check_file_members',
    'quality/check_nothing_loaded',
    'quality/check_empty_etfs',
    'quality/check_empty_universes',
    'quality/check_empty_themes',
    'quality/check_unsectored_stocks',
    'quality/check_multi_sector_stocks',
    'quality/check_unknown_sector_stocks',
    'quality/check_sector_groups',
    'quality/check_orphan_memberships',
    'quality/check_inactive_members',
    'quality/check_unlisted_members',
    'quality/check_high_weight_sums',
    'quality/check_low_weight_sums',
    'quality/check_negative_weights',
    'quality/check_rank_gaps',
    'quality/check_history_gaps',
    'quality/check_history_overlaps',
    'quality/check_stale_cache',
    'quality/check_late_events',
    'quality/check_problem',
    'quality/validate_relationships',
  ),
)
