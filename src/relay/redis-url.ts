import type { RedisOptions } from 'ioredis'
import { usageError } from '../errors.js'

/** Address and credentials of a Redis URL. */
export interface RedisAddress {
  /** For ioredis. TLS is on for `rediss://` and cannot be switched off by anything else in the URL. */
  options: Pick<RedisOptions, 'host' | 'port' | 'db' | 'username' | 'password' | 'tls'>
  /** The URL without user and password, for messages. */
  label: string
}

/**
 * Parses `redis://` and `rediss://` URLs. ioredis accepts options as query parameters, `?tls=` included, and connects to
 * `REDISS://` without TLS: here the scheme alone decides, and a parameter is a usage error.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const url = URL.canParse(text) && isDecodable(text) ? new URL(text) : undefined
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw usageError(
      'the Redis URL is not valid',
      'Write redis://host:6379 or rediss://user:password@host:6379/0.',
    )
  }
  if (url.search !== '' || url.hash !== '') {
    throw usageError(
      `the Redis URL of ${url.host} has parameters`,
      'Remove what follows "?" or "#" in the URL.',
    )
  }
  const database = /^\/?(\d*)$/.exec(url.pathname)?.[1]
  if (database === undefined) {
    throw usageError(
      `the Redis URL of ${url.host} names no database number`,
      'End the URL with a number, such as /0.',
    )
  }
  const options: RedisAddress['options'] = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 6379),
    db: Number(database || 0),
    ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
    // Stated, so that NODE_TLS_REJECT_UNAUTHORIZED does not decide.
    ...(url.protocol === 'rediss:' ? { tls: { rejectUnauthorized: true } } : {}),
  }
  return { options, label: `${url.protocol}//${url.host}${database ? `/${database}` : ''}` }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
