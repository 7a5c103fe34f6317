import { firstVersions, migration } from '../src/database/install.js'

/** JSON copies of the universes for existing readers, and all universes as one document for the relationship cache. */
export const { files, up, down } = migration([
  { path: 'cache/cache_entries', version: 1, adopt: true },
  ...firstVersions(
    'cache/group_entries',
    'cache/uncached_entries',
    'cache/update_cache',
    'cache/relationship_events',
    'cache/relationship_snapshot',
  ),
])
