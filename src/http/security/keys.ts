import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { toUniversesError, usageError } from '../../errors.js'

/** Scopes of keys: each includes those before it. */
export const SCOPES = ['read', 'operate', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** A configured key. The service knows its hash only. */
export interface ApiKey {
  id: string
  scope: Scope
  /** SHA-256 of the key. */
  hash: Buffer
}

/** A new key. It cannot be read again later. */
export interface NewKey {
  id: string
  scope: Scope
  /** Key that the client sends. */
  key: string
  /** Entry for the configuration of the service: id:scope:sha256. */
  entry: string
}

/** Ids appear in logs and as triggered_by of runs. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const HASH = /^[0-9a-f]{64}$/i
/** Ids of requests without a key. */
const RESERVED = ['loopback', 'anybody']

const FORM_HINT = `An entry is id:scope:hash, with a scope of ${SCOPES.join(', ')} and the SHA-256 of the key in hex. universes key create prints one.`

/** Creates a key of 256 random bits. */
export function createKey(id: string, scope: Scope): NewKey {
  checkId(id, '--id')
  const key = `uv_${randomBytes(32).toString('base64url')}`
  return { id, scope, key, entry: `${id}:${scope}:${hashOf(key).toString('hex')}` }
}

/** Returns the SHA-256 of a key. */
export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** Sources of the configured keys. */
export interface KeySources {
  /** Entries, separated by commas or white space. */
  keys?: string | undefined
  /** File with such entries; a # starts a comment. */
  file?: string | undefined
}

/** Reads the configured keys. Throws a usage error that names an invalid entry. */
export function readKeys({ keys = '', file }: KeySources): ApiKey[] {
  const found = [
    ...parseKeys(keys, 'UNIVERSES_API_KEYS'),
    ...(file === undefined ? [] : parseKeys(contents(file), file)),
  ]
  if (file !== undefined && found.length === 0)
    throw usageError(`UNIVERSES_API_KEYS_FILE: ${file} holds no key`, FORM_HINT)
  for (const [index, { id, hash }] of found.entries()) {
    const before = found.slice(0, index)
    if (before.some((other) => other.id === id))
      throw usageError(`two API keys have the id "${id}"`, 'Give each key its own id.')
    const same = before.find((other) => other.hash.equals(hash))
    if (same !== undefined)
      throw usageError(
        `the API keys "${same.id}" and "${id}" are the same key`,
        'Give each client its own key.',
      )
  }
  return found
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll(/#.*$/gm, '')
  } catch (thrown) {
    throw usageError(
      `UNIVERSES_API_KEYS_FILE: ${toUniversesError(thrown).message}`,
      'Give the path of a file that this account may read.',
    )
  }
}

function parseKeys(text: string, source: string): ApiKey[] {
  return text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry, index) => parseKey(entry, `${source}, entry ${index + 1}`))
}

/** Parses an entry. Errors quote only parts that cannot be a secret: an entry may contain the key itself by mistake. */
function parseKey(entry: string, place: string): ApiKey {
  const [id = '', scope = '', hash = '', ...rest] = entry.split(':')
  if (rest.length > 0 || hash === '' || scope === '')
    throw usageError(`${place}: not id:scope:hash`, FORM_HINT)
  checkId(id, place)
  const known = SCOPES.find((name) => name === scope)
  if (known === undefined)
    throw usageError(`${place}: the key "${id}" has no known scope`, `Scopes are ${SCOPES.join(', ')}.`)
  if (!HASH.test(hash)) {
    const hint = 'It has 64 hex digits. universes key create prints a key with its entry.'
    throw usageError(`${place}: the hash of the key "${id}" is not a SHA-256`, hint)
  }
  return { id, scope: known, hash: Buffer.from(hash, 'hex') }
}

function checkId(id: string, place: string): void {
  if (!ID.test(id) || id.startsWith('uv_')) {
    const what = place === '--id' ? `--id is "${id}"` : `${place}: its id is invalid`
    const hint =
      'An id has 1 to 64 letters, digits, ".", "_" or "-" and starts with a letter or digit: web-app. It is not the key.'
    throw usageError(what, hint)
  }
  if (RESERVED.includes(id))
    throw usageError(`${place}: "${id}" is the id of requests without a key`, 'Choose another id.')
}
