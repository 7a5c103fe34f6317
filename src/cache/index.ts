/** Relationship cache: all universes and their members in memory. */
export { RelationshipCache, type RelationshipCacheOptions } from './relationship-cache.js'
export { type QuerySnapshot, type SnapshotQuery } from './source.js'
export {
  type CacheStatistics,
  type ChangedGroup,
  type Changes,
  type Constituent,
  type GroupInfo,
  type Membership,
  type Staleness,
  type Stock,
} from './types.js'
