import type pg from 'pg'
import { toUniversesError, UniversesError } from '../errors.js'
import { withClient, type ConnectOptions } from './connect.js'

/** PostgreSQL's insufficient_privilege. */
const NOT_ALLOWED = '42501'

/** Options of createRoles() and dropRoles(). */
export interface RoleOptions extends ConnectOptions {
  /** Prefix of the role names <prefix>_owner, <prefix>_operator and <prefix>_reader; `universes` when left out. */
  prefix?: string | undefined
  /** Rolls back all changes after reporting them. */
  dryRun?: boolean | undefined
}

/** One privilege of a role on one object. */
export interface RoleRight {
  role: 'owner' | 'operator' | 'reader'
  /** OWNERSHIP, or a privilege as GRANT names it. */
  privilege: string
  kind: string
  object: string
  /** True for a table with another owner. */
  adopted: boolean
}

/** FAIL: a privilege that could not be granted. WARN: left to the caller. */
export interface RoleProblem {
  status: 'FAIL' | 'WARN'
  problem: string
  remedy: string
}

/** An existing role, and the reason if it could not be dropped. */
export interface DroppedRole {
  role: string
  dropped: boolean
  /** Roles that were members of it. */
  members: string[]
  reason: string | null
}

/** Calls create_roles, which creates or updates the three roles. Returns all their privileges, and the problems. */
export async function createRoles(
  options: RoleOptions = {},
): Promise<{ rights: RoleRight[]; problems: RoleProblem[] }> {
  return inTransaction(options, async (client, prefix) => {
    const { rows: problems } = await client.query<RoleProblem>('SELECT * FROM create_roles($1)', [prefix])
    const { rows: rights } = await client.query<RoleRight>('SELECT * FROM role_rights()')
    return { rights, problems }
  })
}

/** Calls drop_roles, which undoes createRoles() in this schema and drops the roles without other dependencies. */
export async function dropRoles(options: RoleOptions = {}): Promise<DroppedRole[]> {
  return inTransaction(
    options,
    async (client, prefix) =>
      (await client.query<DroppedRole>('SELECT * FROM drop_roles($1)', [prefix])).rows,
  )
}

async function inTransaction<T>(
  options: RoleOptions,
  work: (client: pg.Client, prefix: string) => Promise<T>,
): Promise<T> {
  return withClient({ applicationName: 'universes migrate roles', ...options }, async (client) => {
    await client.query('BEGIN')
    try {
      const result = await work(client, options.prefix ?? 'universes')
      await client.query(options.dryRun ? 'ROLLBACK' : 'COMMIT')
      return result
    } catch (thrown) {
      await client.query('ROLLBACK').catch(() => undefined)
      throw explained(thrown)
    }
  })
}

function explained(thrown: unknown): unknown {
  const { code, message, detail } = toUniversesError(thrown)
  if (code !== NOT_ALLOWED) return thrown
  return new UniversesError(message, {
    cause: thrown,
    code,
    detail,
    hint: 'Nothing was changed. Connect as a superuser, or as a role with CREATEROLE that owns the database and what the package has installed.',
  })
}
