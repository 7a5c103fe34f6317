import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { createRoles } from '../../src/database/roles.js'
import type { TestDatabase } from '../support/index.js'

/** PostgreSQL's insufficient_privilege. */
export const NOT_ALLOWED = '42501'

/** The three roles of a test, and a login that belongs to each. */
export interface Roles {
  prefix: string
  /** Connection strings of the logins. */
  owner: string
  operator: string
  reader: string
  /** A login that belongs to none. */
  stranger: string
  /** Drops the logins and, where nothing needs them any longer, the roles. */
  drop(this: void): Promise<void>
}

/** A prefix of no other test: roles belong to the whole server. */
export function ownPrefix(): string {
  return `u${randomBytes(5).toString('hex')}`
}

/** The same database for another login. */
export function asLogin(url: string, login: string): string {
  const address = new URL(url)
  address.username = login
  address.password = 'open%20sesame'
  return address.href
}

/** Makes the roles, and logins that belong to them. */
export async function makeRoles(db: TestDatabase, prefix = ownPrefix()): Promise<Roles> {
  await createRoles({ url: db.url, schema: 'public', prefix })
  const login = (name: string): string => `${prefix}_${name}_login`
  const names = ['owner', 'operator', 'reader']
  for (const name of [...names, 'stranger'])
    await db.query(`CREATE ROLE ${login(name)} LOGIN PASSWORD 'open sesame'`)
  for (const name of names) await db.query(`GRANT ${prefix}_${name} TO ${login(name)}`)
  const url = (name: string): string => asLogin(db.url, login(name))
  return {
    prefix,
    owner: url('owner'),
    operator: url('operator'),
    reader: url('reader'),
    stranger: url('stranger'),
    drop: async () => {
      await db.query('SELECT drop_roles($1)', [prefix])
      for (const name of [...names, 'stranger']) await db.query(`DROP ROLE IF EXISTS ${login(name)}`)
    },
  }
}

/** SQLSTATE of a statement that fails, undefined when it succeeds; whatever it did is undone. */
export async function refusal(client: pg.Client, sql: string): Promise<string | undefined> {
  await client.query('BEGIN')
  try {
    await client.query(sql)
    return undefined
  } catch (thrown) {
    return (thrown as pg.DatabaseError).code
  } finally {
    await client.query('ROLLBACK')
  }
}
