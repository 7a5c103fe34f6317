import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrateUp } from '../../src/database/migrate.js'
import { startPostgresContainer, startRedisContainer } from './containers.js'
import { dataDir } from './data.js'
import { startPostgres } from './postgres-server.js'
import { redisProgram, startRedis } from './redis-server.js'
import { writeSampleMarket } from './sample/write.js'
import { removeFolder, temporaryFolder } from './temporary-folder.js'
import { databaseUrl, onServer } from './test-database.js'

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: {
      /** Superuser connection from which databases are created. */
      adminUrl: string
      /** Name of the migrated database that test databases are copies of. */
      template: string
      /** True if the server, with the databases of failed files, is kept after the run. */
      keeps: boolean
    }
    redisUrl: string
    /** Folder of the market data: the real one, or one written for this run. */
    marketDir: string
  }
}

/** A server that the run uses. */
interface Used {
  url: string
  /** Origin, shown to the user. */
  from: string
  stop(this: void): Promise<void>
}

const useContainers = process.env['TEST_CONTAINERS'] === '1'

/** Starts the servers, migrates the template and provides both to the test files. Returns a function that stops the servers. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const used: Used[] = []
  try {
    const postgres = await usePostgres()
    used.push(postgres)
    const redis = await useRedis()
    if (redis) used.push(redis)
    const market = await useMarket()
    used.push(market)
    const template = `universes_template_${randomBytes(4).toString('hex')}`
    await createTemplate(postgres.url, template)
    const { rows } = await onServer(postgres.url, 'SHOW server_version')
    const version = (rows as { server_version: string }[])[0]?.server_version
    console.log(
      `PostgreSQL ${version} (${postgres.from}), Redis: ${redis?.from ?? 'none'}, market data: ${market.from}`,
    )
    const keeps = Boolean(process.env['TEST_DATABASE_URL'])
    project.provide('postgres', { adminUrl: postgres.url, template, keeps })
    project.provide('redisUrl', redis?.url ?? '')
    project.provide('marketDir', market.url)
    return async () => {
      if (keeps) await onServer(postgres.url, `DROP DATABASE ${template}`)
      await stopAll(used)
    }
  } catch (thrown) {
    await stopAll(used)
    throw thrown
  }
}

async function stopAll(servers: Used[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()))
}

async function usePostgres(): Promise<Used> {
  const url = process.env['TEST_DATABASE_URL']
  if (url) return { url, from: 'TEST_DATABASE_URL', stop: () => Promise.resolve() }
  if (useContainers) return startPostgresContainer()
  const { url: embedded, remove } = await startPostgres()
  return { url: embedded, from: 'embedded', stop: remove }
}

async function useRedis(): Promise<Used | undefined> {
  const url = process.env['TEST_REDIS_URL']
  if (url) return { url, from: 'TEST_REDIS_URL', stop: () => Promise.resolve() }
  if (useContainers) return startRedisContainer()
  if ((await redisProgram()) === undefined) return undefined
  const server = await startRedis()
  return { ...server, from: basename(server.program) }
}

async function useMarket(): Promise<Used> {
  const url = dataDir()
  if (url !== undefined) return { url, from: url, stop: () => Promise.resolve() }
  const folder = await temporaryFolder()
  writeSampleMarket(folder)
  return { url: folder, from: 'generated', stop: () => Promise.resolve(removeFolder(folder)) }
}

/** Migrates the template once and disallows connections: a database in use cannot be copied. */
async function createTemplate(adminUrl: string, template: string): Promise<void> {
  await onServer(adminUrl, `CREATE DATABASE ${template} TEMPLATE template0 ENCODING 'UTF8'`)
  await migrateUp({ url: databaseUrl(adminUrl, template), schema: 'public' })
  await onServer(adminUrl, `ALTER DATABASE ${template} ALLOW_CONNECTIONS false`)
}
