import { firstVersions, migration } from '../src/database/install.js'

/** Sectors, industry groups, themes, IPOs: which stock belongs where. */
export const { files, up, down } = migration(
  firstVersions(
    'classification/sector_statements',
    'classification/sector_candidates',
    'classification/stock_sectors',
    'classification/sector_coverage',
    'classification/sector_of',
    'classification/desired_classes',
    'classification/desired_themes',
    'classification/desired_ipos',
  ),
)
