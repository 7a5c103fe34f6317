import type { PackageSql } from './package-sql.js'

type Right = 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE'

/** Privileges by table, besides SELECT, which every table needs. */
export type TableRights = Map<string, Set<Right>>

/** Tables written by price and symbol imports, by migrate, or by owners who save a layout: the only privileges that a refresh needs on them. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  ohlcv_daily: [],
  symbols: ['UPDATE'],
  issuer_formats: [],
  installed_files: [],
  installed_objects: [],
  installed_tables: [],
}

/**
 * Derives the privileges that a caller needs from the bodies of the functions, so that the list cannot become outdated. SECURITY
 * DEFINER functions are skipped: they run with the privileges of their owner.
 */
export function neededRights({ texts }: PackageSql): TableRights {
  const rights: TableRights = new Map()
  const need = (table: string, right: Right): void => {
    if (OTHERS[table]?.includes(right) === false) return
    rights.set(table, (rights.get(table) ?? new Set()).add(right))
  }
  const invoked = texts.filter(
    (text) => text.startsWith('CREATE OR REPLACE FUNCTION') && !text.includes('\nSECURITY DEFINER\n'),
  )
  for (const body of invoked.map(stripLiterals)) {
    for (const [, table = '', rest = ''] of body.matchAll(/\bINSERT INTO (\w+)((?:(?!INSERT INTO)[^;])*)/g)) {
      need(table, 'INSERT')
      if (/\bDO UPDATE\b/.test(rest)) need(table, 'UPDATE')
    }
    for (const [, table = ''] of body.matchAll(/(?<!DO |FOR )\bUPDATE (?!OF\b|OR\b|ON\b)(\w+)/g))
      need(table, 'UPDATE')
    for (const [, table = ''] of body.matchAll(/\bDELETE FROM (\w+)/g)) need(table, 'DELETE')
    // The loader fills staging tables with COPY, and empties small ones with DELETE, large ones with TRUNCATE.
    for (const [table = ''] of body.matchAll(/\bstaged_\w+/g)) {
      need(table, 'INSERT')
      need(table, 'DELETE')
      if (table !== 'staged_files') need(table, 'TRUNCATE')
    }
  }
  return rights
}

/** Strips comments, string literals and the COMMENT ON after the function. */
function stripLiterals(text: string): string {
  return text
    .replace(/^COMMENT ON [^]*/m, '')
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/'(?:[^']|'')*'/g, "''")
}
