import { firstVersions, migration } from '../src/database/install.js'

/** Market-cap bands and rankings. */
export const { files, up, down } = migration(
  firstVersions(
    'rankings/stock_bands',
    'rankings/market_ranking',
    'rankings/sector_ranking',
    'rankings/market_cap_buckets',
    'rankings/market_leaders',
    'rankings/sector_leaders',
    'rankings/desired_bands',
    'rankings/desired_rankings',
  ),
)
