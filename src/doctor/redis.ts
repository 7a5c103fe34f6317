import { Redis } from 'ioredis'
import { parseRedisUrl } from '../relay/redis-url.js'
import { toUniversesError } from '../errors.js'
import { fail, type Examined } from './finding.js'
import type { Patient } from './patient.js'

const TIMEOUT_MS = 3_000

/** Whether the Redis of the relay answers and lets it run its script. The password is never shown. */
export async function checkRedis({ redisUrl = '' }: Pick<Patient, 'redisUrl'>): Promise<Examined> {
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
  // Only the message is kept: an ioredis error carries the command, and with it the password.
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
