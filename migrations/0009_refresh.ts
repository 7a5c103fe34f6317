import { firstVersions, migration } from '../src/database/install.js'

/** The refresh: its steps, runs, and alerts. */
export const { files, up, down } = migration(
  firstVersions(
    'refresh/sync_runs',
    'api/sync_runs',
    'refresh/uncapped_stocks',
    'api/uncapped_stocks',
    'refresh/refresh_context',
    'refresh/recalculate_market_caps',
    'refresh/take_market_changes',
    'refresh/refresh_rankings',
    'refresh/rebalance_rankings',
    'refresh/classify_stocks',
    'refresh/assign_ipos',
    'refresh/clean_up_delistings',
    'refresh/rebalance_themes',
    'refresh/count_changes',
    'refresh/summarize_changes',
    'refresh/run_steps',
    'refresh/finish_step',
    'refresh/run_events',
    'quality/find_alerts',
    'refresh/check_mode',
    'refresh/start_run',
    'refresh/fail_run',
    'refresh/publish_run',
    'refresh/changed_stocks',
    'refresh/enrich_stocks',
    'refresh/refresh_universes',
    'refresh/enrich_sectors',
  ),
)
