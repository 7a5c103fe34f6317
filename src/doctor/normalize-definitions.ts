import type pg from 'pg'
import { identity, type CatalogEntry } from './catalog.js'

/** The printed text is stable after parsing it twice. */
const ROUNDS = 2
const DRAFT = 'universes_doctor_draft'

/**
 * Re-parses and re-prints the definitions that differ until they are stable. After dump and restore, or pg_upgrade, PostgreSQL may
 * print the same query with other parentheses and casts, which is no difference. Creates drafts in the first schema of search_path:
 * call it in a transaction that is rolled back.
 */
export async function normalizeDefinitions(
  client: pg.Client,
  installed: readonly CatalogEntry[],
  expected: readonly CatalogEntry[],
): Promise<void> {
  for (const [entries, others] of [
    [installed, expected],
    [expected, installed],
  ] as const) {
    const same = new Set(others.map(fingerprint))
    for (const entry of entries.filter((item) => !same.has(fingerprint(item))))
      await normalizeEntry(client, entry)
  }
}

function fingerprint(entry: CatalogEntry): string {
  return `${identity(entry)} ${entry.facets['definition'] ?? ''}`
}

async function normalizeEntry(client: pg.Client, entry: CatalogEntry): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const draft = draftOf(entry)
    if (draft === undefined) return
    await client.query('SAVEPOINT draft')
    try {
      await client.query(draft.create)
      const { rows } = await client.query<{ text: string }>(draft.print)
      if (rows[0]) draft.keep(rows[0].text)
    } catch {
      // Depends on an object that the package does not have: a real difference. Keep the text.
      return
    } finally {
      await client.query('ROLLBACK TO SAVEPOINT draft')
    }
  }
}

interface Draft {
  create: string
  print: string
  keep(text: string): void
}

function draftOf(entry: CatalogEntry): Draft | undefined {
  const { kind, parent, key, facets } = entry
  if (kind === 'view' || kind === 'materialized view') {
    return {
      create: `CREATE VIEW ${DRAFT} AS ${String(facets['definition'])}`,
      print: `SELECT pg_get_viewdef('${DRAFT}'::regclass) AS text`,
      keep: (text) => (facets['definition'] = text),
    }
  }
  if (kind === 'constraint' && key.startsWith('CHECK')) {
    return {
      create: `ALTER TABLE ${parent} ADD CONSTRAINT ${DRAFT} ${key}`,
      print: `SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = '${DRAFT}'`,
      keep: (text) => (entry.key = text),
    }
  }
  if (kind === 'index') {
    return {
      create: key.replace(' INDEX ON ', ` INDEX ${DRAFT} ON `),
      print: `SELECT replace(pg_get_indexdef('${DRAFT}'::regclass, 0, true), ' INDEX ${DRAFT} ON ', ' INDEX ON ') AS text`,
      keep: (text) => (entry.key = text),
    }
  }
  return undefined
}
