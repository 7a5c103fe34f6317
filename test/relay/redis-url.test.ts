import { expect, test } from 'vitest'
import { parseRedisUrl } from '../../src/relay/redis-url.js'

test('address, credentials and database; the label is without the password', () => {
  expect(parseRedisUrl('redis://user:p%40ss@cache.example:6380/3')).toEqual({
    options: { host: 'cache.example', port: 6380, db: 3, username: 'user', password: 'p@ss' },
    label: 'redis://cache.example:6380/3',
  })
  expect(parseRedisUrl('redis://:secret@[::1]')).toEqual({
    options: { host: '::1', port: 6379, db: 0, password: 'secret' },
    label: 'redis://[::1]',
  })
})

test.each(['rediss://host', 'REDISS://host', 'rediss://host:6379/0'])('%s is TLS', (url) => {
  expect(parseRedisUrl(url).options.tls).toEqual({ rejectUnauthorized: true })
})

test.each([
  'redis://host?tls=true',
  'rediss://host?tls=',
  'rediss://host?rejectUnauthorized=false',
  'redis://host#x',
])('%s is refused: nothing but the scheme decides', (url) => {
  expect(() => parseRedisUrl(url)).toThrow('parameters')
})

test.each([
  '',
  'host:6379',
  '/tmp/redis.sock',
  'http://host',
  'redis://',
  'redis://host/one',
  'redis://host/1/2',
])('"%s" is not a Redis URL, and the message does not repeat it', (url) => {
  expect(() => parseRedisUrl(url)).toThrow(expect.objectContaining({ exitCode: 2 }))
})
