import { inject } from 'vitest'

export { runCli, spawnCli, type CliOptions, type CliProcess, type CliResult } from './cli.js'
export { startPostgres15WithCron, type CronCluster } from './cron-cluster.js'
export { dataDir } from './data.js'
export { startPostgres, type PostgresServer } from './postgres-server.js'
export { startService, type StartOptions, type TestService } from './service.js'
export { startRedis, type RedisServer } from './redis-server.js'
export { removeFolder, temporaryFolder } from './temporary-folder.js'
export { databaseUrl, SEARCH_PATH, testDatabase, type TestDatabase } from './test-database.js'

/** Connection string of the Redis that all test files share: use keys and channels of your own. */
export function redisUrl(): string {
  return inject('redisUrl')
}
