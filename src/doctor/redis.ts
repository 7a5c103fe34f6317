import { Redis } from 'ioredis'
import { parseRedisUrl } from '../relay/redis-url.js'
import { toUniversesError } from '../errors.js'
import { fail, type CheckResult } from './finding.js'
import type { Installation } from './installation.js'

const TIMEOUT_MS = 3_000

/** Checks that Redis answers and accepts the script of the relay. Never shows the password. */
export async function checkRedis({ redisUrl = '' }: Pick<Installation, 'redisUrl'>): Promise<CheckResult> {
  let address: ReturnType<typeof parseRedisUrl>
  try {
    address = parseRedisUrl(redisUrl)
  } catch (thrown) {
    const { message, hint } = toUniversesError(thrown)
    return { summary: message, problems: [fail(message, hint ?? '')] }
  }
  const { options, label } = address
  const redis = new Redis({
    ...options,
    connectionName: 'universes-doctor',
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    retryStrategy: () => null,
  })
  // Keep only the message: an ioredis error has the command, which may contain the password.
  let reason = 'no answer'
  redis.on('error', (error: Error) => (reason = error.message || error.name))
  try {
    await redis.connect()
    await redis.ping()
    await redis.eval('return 1', 0)
    return { summary: `${label} answers` }
  } catch (thrown) {
    if (redis.status === 'ready' && thrown instanceof Error) reason = thrown.message
    return {
      summary: `${label}: ${reason}`,
      problems: [fail(`the relay cannot publish: ${reason}`, remedy(reason, label))],
    }
  } finally {
    redis.disconnect()
  }
}

function remedy(reason: string, label: string): string {
  if (reason.startsWith('NOPERM'))
    return 'ACL SETUSER <user> +ping +eval +publish +xadd +xrange allchannels allkeys'
  if (/^(NOAUTH|WRONGPASS|ERR.*AUTH)/.test(reason))
    return `Correct user and password in REDIS_URL; to try: redis-cli -u ${label} --askpass ping`
  return `redis-cli -u ${label} ping says whether it answers; start it, or correct REDIS_URL`
}
