import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { toUniversesError, usageError } from '../../errors.js'

/** What a key may do: each scope includes those before it. */
export const SCOPES = ['read', 'operate', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** A key as the configuration states it: the service never knows the key itself. */
export interface ApiKey {
  id: string
  scope: Scope
  /** SHA-256 of the key. */
  hash: Buffer
}

/** A key that was just made. Nobody can read it again later. */
export interface NewKey {
  id: string
  scope: Scope
  /** What the client sends. */
  key: string
  /** What the configuration of the service gets: id:scope:sha256. */
  entry: string
}

/** Ids appear in logs and as triggered_by of runs. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const HASH = /^[0-9a-f]{64}$/i
/** Ids that a request has which carries no key. */
const RESERVED = ['loopback', 'anybody']

const FORM_HINT = `An entry is id:scope:hash, with a scope of ${SCOPES.join(', ')} and the SHA-256 of the key in hex. universes key create prints one.`

/** Makes a key of 256 random bits. */
export function createKey(id: string, scope: Scope): NewKey {
  checkId(id, '--id')
  const key = `uv_${randomBytes(32).toString('base64url')}`
  return { id, scope, key, entry: `${id}:${scope}:${hashOf(key).toString('hex')}` }
}

/** SHA-256 of a key. */
export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** Where keys are configured. */
export interface KeySources {
  /** Entries, separated by commas or white space. */
  keys?: string | undefined
  /** File of such entries; what follows a # is a comment. */
  file?: string | undefined
}

/** Reads the configured keys; none is an empty list. An entry that is not understood is a usage error that names it. */
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
      throw usageError(`two API keys have the id "${id}"`, 'Give each key an id of its own.')
    const same = before.find((other) => other.hash.equals(hash))
    if (same !== undefined)
      throw usageError(
        `the API keys "${same.id}" and "${id}" are the same key`,
        'Give each client a key of its own.',
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

/** What an entry holds is named only where it cannot be a secret: somebody may have put the key itself there. */
function parseKey(entry: string, place: string): ApiKey {
  const [id = '', scope = '', hash = '', ...rest] = entry.split(':')
  if (rest.length > 0 || hash === '' || scope === '')
    throw usageError(`${place}: not id:scope:hash`, FORM_HINT)
  checkId(id, place)
  const known = SCOPES.find((name) => name === scope)
  if (known === undefined)
    throw usageError(`${place}: the key "${id}" has no known scope`, `Scopes are ${SCOPES.join(', ')}.`)
  if (!HASH.test(hash)) {
    const hint = 'It has 64 hex digits. universes key create prints a key with the entry that belongs to it.'
    throw usageError(`${place}: the hash of the key "${id}" is not a SHA-256`, hint)
  }
  return { id, scope: known, hash: Buffer.from(hash, 'hex') }
}

function checkId(id: string, place: string): void {
  if (!ID.test(id) || id.startsWith('uv_')) {
    const what = place === '--id' ? `--id is "${id}"` : `${place}: its id is not one`
    const hint =
      'It has 1 to 64 letters, digits, ".", "_" or "-", a letter or digit first: web-app. It is no key.'
    throw usageError(what, hint)
  }
  if (RESERVED.includes(id))
    throw usageError(`${place}: "${id}" is the id of requests without a key`, 'Choose another one.')
}
