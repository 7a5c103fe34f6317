import { createHash } from 'node:crypto'
import { quickstart } from '../../src/dev/quickstart.js'
import { RedisSink } from '../../src/relay/redis.js'
import type { TestDatabase } from '../support/index.js'
import {
  removeFolder,
  spawnCli,
  startRedis,
  temporaryFolder,
  testDatabase,
  type CliProcess,
  type RedisServer,
} from '../support/index.js'
import { subscribe, until, type Subscriber } from '../relay/support.js'
import { Workplace } from './tools.js'

export const STREAM = 'universes:events'
const KEYS = { read: 'uv_read', operate: 'uv_operate', admin: 'uv_admin' }

/** Environment of the examples: the service with its relay as a process, its servers, and a working directory. */
export interface Stage {
  db: TestDatabase
  redis: RedisServer
  url: string
  workplace: Workplace
  subscriber: Subscriber
  /** Calls the service with the key of an administrator. */
  call(this: void, path: string, body?: unknown): Promise<Record<string, unknown>>
  /** Requests a run, waits for its end and returns the status of the job. */
  run(this: void, options?: Record<string, unknown>): Promise<Record<string, unknown>>
  /** Waits until a job has ended and all its events are on Redis. */
  ended(this: void, jobId: string): Promise<Record<string, unknown>>
  /** Ends the service and starts it again on the same port. */
  restart(this: void): Promise<void>
  close(this: void): Promise<void>
}

/** Starts the service on the starter data, loaded and refreshed by the quick start, and with keys. */
export async function openStage(importMetaUrl: string): Promise<Stage> {
  const db = await testDatabase(importMetaUrl)
  const redis = await startRedis()
  await quickstart({
    url: db.url,
    sink: new RedisSink({ url: redis.url, stream: STREAM }),
    step: () => undefined,
  })
  const subscriber = await subscribe(redis.url)
  const serve = async (port: string): Promise<CliProcess> => {
    const started = spawnCli(['serve', '--port', port, '--relay', '--stream', STREAM], {
      env: { DATABASE_URL: db.url, REDIS_URL: redis.url, UNIVERSES_API_KEYS: configuredKeys() },
    })
    await started.waitFor(/^keys +\S+/m)
    return started
  }
  let service = await serve('0')
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(service.stdout())![0]
  const folder = await temporaryFolder()
  const workplace = new Workplace(folder, {
    UNIVERSES_URL: url,
    UNIVERSES_KEY: KEYS.operate,
    UNIVERSES_ADMIN_KEY: KEYS.admin,
    DATABASE_URL: db.url,
    REDIS_URL: redis.url,
  })
  const call = caller(url)
  const ended = async (jobId: string): Promise<Record<string, unknown>> => {
    const path = `/api/processing/cache-sync/status/${jobId}`
    await until(async () => ['completed', 'failed'].includes(String((await call(path))['status'])))
    await until(
      async () => (await db.query('SELECT 1 FROM unpublished_events WHERE events > 0')).length === 0,
    )
    return call(path)
  }
  return {
    db,
    redis,
    url,
    workplace,
    subscriber,
    call,
    ended,
    run: async (options = {}) =>
      ended(String((await call('/api/processing/cache-sync/trigger', options))['job_id'])),
    restart: async () => {
      await service.stop()
      service = await serve(new URL(url).port)
    },
    close: async () => {
      subscriber.close()
      workplace.close()
      await service.stop()
      removeFolder(folder)
    },
  }
}

function configuredKeys(): string {
  const hash = (key: string): string => createHash('sha256').update(key).digest('hex')
  return `monitoring:read:${hash(KEYS.read)},web-app:operate:${hash(KEYS.operate)},admin:admin:${hash(KEYS.admin)}`
}

function caller(url: string): Stage['call'] {
  return async (path, body) => {
    const answer = await fetch(url + path, {
      headers: {
        'x-api-key': KEYS.admin,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    return (await answer.json()) as Record<string, unknown>
  }
}
