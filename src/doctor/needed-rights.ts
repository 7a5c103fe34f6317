import type { PackageSql } from './package-sql.js'

/** Rights on a table that the functions of the package use; every table is read besides. */
export type TableRights = Map<string, Set<'INSERT' | 'UPDATE' | 'DELETE'>>

/** Filled by whoever imports prices and symbols; a refresh only rewrites symbols.market_cap. */
const IMPORTED: Readonly<Record<string, readonly string[]>> = { ohlcv_daily: [], symbols: ['UPDATE'] }

/** What the functions of the package write, read from their bodies: the list cannot go stale. */
export function neededRights({ statements }: PackageSql): TableRights {
  const rights: TableRights = new Map()
  const need = (table: string, right: 'INSERT' | 'UPDATE' | 'DELETE'): void => {
    if (IMPORTED[table]?.includes(right) === false) return
    rights.set(table, (rights.get(table) ?? new Set()).add(right))
  }
  for (const body of statements.filter((text) => text.startsWith('CREATE OR REPLACE FUNCTION')).map(bare)) {
    for (const [, table = '', rest = ''] of body.matchAll(/\bINSERT INTO (\w+)((?:(?!INSERT INTO)[^;])*)/g)) {
      need(table, 'INSERT')
      if (/\bDO UPDATE\b/.test(rest)) need(table, 'UPDATE')
    }
    for (const [, table = ''] of body.matchAll(/(?<!DO |FOR )\bUPDATE (?!OF\b|OR\b|ON\b)(\w+)/g))
      need(table, 'UPDATE')
    for (const [, table = ''] of body.matchAll(/\bDELETE FROM (\w+)/g)) need(table, 'DELETE')
    // COPY of the loader.
    for (const [table = ''] of body.matchAll(/\bstaged_\w+/g)) need(table, 'INSERT')
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
