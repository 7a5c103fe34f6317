import { firstVersions, migration } from '../src/database/install.js'

/** Universes of the predecessor, read from its cache_entries. */
export const { files, up, down } = migration(
  firstVersions(
    'legacy/legacy_families',
    'legacy/legacy_families_seed',
    'legacy/listed_symbols',
    'legacy/legacy_universes',
    'legacy/desired_legacy',
    'legacy/import_legacy',
  ),
)
