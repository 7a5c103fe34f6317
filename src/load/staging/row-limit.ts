import type pg from 'pg'
import type { RowLimit } from '../formats/row-counter.js'
import { kindOf, type LoadKind } from '../kinds.js'

/** Reads the limit for the rows of a canonical file of this kind; undefined if its row of settings was deleted. */
export async function readRowLimit(client: pg.Client, kind: LoadKind): Promise<RowLimit | undefined> {
  const { rows } = await client.query<RowLimit>(
    `SELECT trunc(s.value)::float8 AS rows, s.name AS setting, format('%I.settings', engine_schema()) AS table
     FROM settings AS s
     WHERE s.name = $1`,
    [kindOf(kind).maxRows ?? 'load_max_rows'],
  )
  return rows[0]
}
