import type { PackageSql } from './package-sql.js'

type Right = 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE'

/** Rights on a table that the functions of the package use; every table is read besides. */
export type TableRights = Map<string, Set<Right>>

/** Filled by whoever imports prices and symbols, and by migrate; a refresh only rewrites symbols.market_cap. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  ohlcv_daily: [],
  symbols: ['UPDATE'],
  installed_files: [],
  installed_objects: [],
  installed_tables: [],
}

/**
 * What the functions of the package write with the rights of their caller, read from their bodies: the list cannot go stale. Those
 * that run with their owner's rights need nothing from a caller.
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
  for (const body of invoked.map(bare)) {
    for (const [, table = '', rest = ''] of body.matchAll(/\bINSERT INTO (\w+)((?:(?!INSERT INTO)[^;])*)/g)) {
      need(table, 'INSERT')
      if (/\bDO UPDATE\b/.test(rest)) need(table, 'UPDATE')
    }
    for (const [, table = ''] of body.matchAll(/(?<!DO |FOR )\bUPDATE (?!OF\b|OR\b|ON\b)(\w+)/g))
      need(table, 'UPDATE')
    for (const [, table = ''] of body.matchAll(/\bDELETE FROM (\w+)/g)) need(table, 'DELETE')
    // COPY of the loader; a small table is emptied by DELETE, a large one by TRUNCATE.
    for (const [table = ''] of body.matchAll(/\bstaged_\w+/g)) {
      need(table, 'INSERT')
      need(table, 'DELETE')
      if (table !== 'staged_files') need(table, 'TRUNCATE')
    }
  }
  return rights
}

/** Code without comments, texts and what follows the function. */
function bare(text: string): string {
  return text
    .replace(/^COMMENT ON [^]*/m, '')
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/'(?:[^']|'')*'/g, "''")
}
