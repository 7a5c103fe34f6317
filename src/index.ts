/** Public API: typed calls of the SQL functions, loader, relay, relationship cache and service. */
export { connect, withClient, type ConnectOptions } from './database/connect.js'
export {
  migrateDown,
  migrateUp,
  migrationStatus,
  type MigrateOptions,
  type MigrationState,
} from './database/migrate.js'
export {
  createRoles,
  dropRoles,
  type DroppedRole,
  type RoleOptions,
  type RoleProblem,
  type RoleRight,
} from './database/roles.js'
export { Notifier, type NotifierOptions } from './database/notifier.js'
export { connectionConfig } from './database/tls.js'
export { SQLSTATE, UniversesError } from './errors.js'
export { load, type LoadOptions } from './load/load.js'
export { type LoadKind } from './load/kinds.js'
export { type FileResult, type LoadMode, type LoadResult } from './load/result.js'
export {
  enrichSectors,
  importLegacy,
  refresh,
  REFRESH_MODES,
  rollback,
  type EnrichOptions,
  type RefreshMode,
  type RefreshOptions,
  type RollbackOptions,
  type RunMode,
  type SyncRun,
  type UniverseChange,
} from './operations/refresh.js'
export {
  describeAll,
  describeStock,
  describeUniverse,
  type AllAnswer,
  type QueryOptions,
  type StockAnswer,
  type UniverseAnswer,
} from './operations/query.js'
export { readReport, type RelationshipReport } from './operations/report.js'
export { relayOnce } from './relay/once.js'
export { RedisSink, type RedisSinkOptions } from './relay/redis.js'
export { runRelay, type RelayOptions } from './relay/relay.js'
export { type RelayEvent, type Sink } from './relay/sink.js'
export { StdoutSink } from './relay/stdout.js'
export { sync } from './console/sync/sync.js'
export { type SyncOptions, type SyncResult, type SyncStep } from './operations/sync.js'
export { type StepResult, type SyncStepName } from './operations/sync-steps.js'
export { validate, type Validation } from './operations/validate.js'
export { waitForPrices, type PricesIn, type WaitForPricesOptions } from './operations/wait-for-prices.js'
export { createKey, readKeys, type ApiKey, type Scope } from './http/security/keys.js'
export { serve } from './http/serve.js'
export { type Limits, type RunningService, type ServeOptions } from './http/service.js'
export * from './cache/index.js'
