import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createKey, hashOf, readKeys } from '../../src/http/security/keys.js'
import { UniversesError } from '../../src/errors.js'
import { runCli, temporaryFolder } from '../support/index.js'

const HASH = 'a'.repeat(64)
const hash = (digit: number): string => `${'c'.repeat(63)}${digit}`

function refusal(read: () => unknown): { message: string; exitCode: number; hint: string | undefined } {
  try {
    read()
  } catch (error) {
    if (error instanceof UniversesError) return error
  }
  throw new Error('it was not refused')
}

async function keysFile(text: string): Promise<string> {
  const file = join(await temporaryFolder(), 'keys')
  writeFileSync(file, text)
  return file
}

describe('a new key', () => {
  it('has 256 random bits, and an entry with its hash', () => {
    const made = createKey('web-app', 'operate')
    expect(made.key).toMatch(/^uv_[A-Za-z0-9_-]{43}$/)
    expect(Buffer.from(made.key.slice(3), 'base64url')).toHaveLength(32)
    expect(made.entry).toBe(`web-app:operate:${hashOf(made.key).toString('hex')}`)
    expect(createKey('web-app', 'operate').key).not.toBe(made.key)
    expect(readKeys({ keys: made.entry })).toEqual([
      { id: 'web-app', scope: 'operate', hash: hashOf(made.key) },
    ])
  })

  it.each(['', 'web app', '-a', 'a:b', 'x'.repeat(65), 'loopback', 'uv_something'])(
    'has an id: %j is none',
    (id) => {
      const { exitCode, message } = refusal(() => createKey(id, 'read'))
      expect(exitCode).toBe(2)
      expect(message).toContain(`"${id}"`)
    },
  )
})

describe('configured keys', () => {
  it('are separated by commas, blanks or lines, in the variable and in the file', async () => {
    const file = await keysFile(
      `# the dashboard\nc:admin:${hash(3)}  # since May\n\nd:read:${hash(4).toUpperCase()}\n`,
    )
    const keys = readKeys({ keys: `a:read:${hash(1)}, b:operate:${hash(2)}\n`, file })
    expect(keys.map(({ id, scope }) => `${id} ${scope}`)).toEqual([
      'a read',
      'b operate',
      'c admin',
      'd read',
    ])
    expect(keys[3]?.hash.toString('hex')).toBe(hash(4))
  })

  it('are none when nothing is configured', () => {
    expect(readKeys({})).toEqual([])
    expect(readKeys({ keys: ' \n' })).toEqual([])
  })

  it.each([
    [
      'an unknown scope',
      `a:read:${HASH} web-app:root:${HASH}`,
      'UNIVERSES_API_KEYS, entry 2: the key "web-app" has no known scope',
    ],
    [
      'a hash that is none',
      `web-app:read:${HASH.slice(1)}`,
      'the hash of the key "web-app" is not a SHA-256',
    ],
    [
      'a hash with other letters',
      `web-app:read:${'g'.repeat(64)}`,
      'the hash of the key "web-app" is not a SHA-256',
    ],
    ['a part too few', 'web-app:read', 'UNIVERSES_API_KEYS, entry 1: not id:scope:hash'],
    ['a part too many', `web-app:read:${HASH}:x`, 'entry 1: not id:scope:hash'],
    ['an id twice', `web-app:read:${HASH} web-app:admin:${HASH}`, 'two API keys have the id "web-app"'],
    [
      'an id of requests without a key',
      `loopback:read:${HASH}`,
      '"loopback" is the id of requests without a key',
    ],
  ])('refuse %s', (_case, keys, message) => {
    const refused = refusal(() => readKeys({ keys }))
    expect(refused.exitCode).toBe(2)
    expect(refused.message).toContain(message)
    expect(refused.hint).toBeDefined()
  })

  it('are not shared: the log could not tell who it was', () => {
    const refused = refusal(() => readKeys({ keys: `a:read:${HASH},b:admin:${HASH.toUpperCase()}` }))
    expect(refused).toMatchObject({ exitCode: 2, message: 'the API keys "a" and "b" are the same key' })
  })

  it('do not repeat what may be the key itself', () => {
    const { key } = createKey('web-app', 'read')
    for (const keys of [key, `${key}:read:${HASH}`, `web-app:read:${key}`, `web-app:${key}:${HASH}`]) {
      const { message, hint = '' } = refusal(() => readKeys({ keys }))
      expect(message + hint, keys).not.toContain(key)
    }
  })

  it('must be in the file that is named', async () => {
    const empty = await keysFile('# none yet\n')
    expect(refusal(() => readKeys({ file: empty })).message).toContain(`${empty} holds no key`)
    expect(refusal(() => readKeys({ file: `${empty}.missing` })).message).toContain('ENOENT')
  })
})

describe('universes key create', () => {
  it('prints the key, the entry and how to use them', async () => {
    const { code, stdout, stderr } = await runCli(['key', 'create', '--id', 'web-app', '--scope', 'operate'])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const [key = ''] = /uv_[A-Za-z0-9_-]{43}/.exec(stdout) ?? []
    expect(stdout).toContain(`\n  web-app:operate:${hashOf(key).toString('hex')}\n`)
    expect(stdout).toContain(`curl -H 'X-API-Key: ${key}' -X POST`)
  })

  it('prints JSON', async () => {
    const { stdout } = await runCli(['key', 'create', '--id', 'prometheus', '--scope', 'read', '--json'])
    const made = JSON.parse(stdout) as { id: string; scope: string; key: string; entry: string }
    expect(made).toEqual({
      id: 'prometheus',
      scope: 'read',
      key: made.key,
      entry: `prometheus:read:${hashOf(made.key).toString('hex')}`,
    })
  })

  it.each([
    [['--id', 'web app', '--scope', 'read'], '"web app"'],
    [['--id', 'web-app', '--scope', 'root'], "'root' is invalid"],
    [['--id', 'web-app'], '--scope'],
    [['--scope', 'read'], '--id'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runCli(['key', 'create', ...args])
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})
