import { inject } from 'vitest'

export { runCli, spawnCli, type CliOptions, type CliProcess, type CliResult } from './cli.js'
export { startPostgres15WithCron, type CronCluster } from './cron-cluster.js'
export { dataDir, fundFiles, issuerPaths, marketPaths } from './data.js'
export { startPostgres, type PostgresServer } from './postgres-server.js'
export { startService, type StartOptions, type TestService } from './service.js'
export { startRedis, type RedisServer } from './redis-server.js'
export { removeFolder, temporaryFolder } from './temporary-folder.js'
export { databaseUrl, SEARCH_PATH, testDatabase, TODAY, type TestDatabase } from './test-database.js'

/**
 * Connection string of the Redis that all test files share: use keys and channels of your own. Test files that call this
 * or startRedis() are left out where no Redis can be started.
 */
export function redisUrl(): string {
  return inject('redisUrl')
}

/**
 * Folder with a market to load: the real data where it is, else a small generated one with the same files. Tests that
 * state facts of the real data ask dataDir() and are skipped without it.
 */
export function marketDir(): string {
  return inject('marketDir')
}
