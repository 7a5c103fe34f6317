import type pg from 'pg'
import type { ReportDocument } from '../documents/report.js'

export type * from '../documents/report.js'
export type { ReportDocument as RelationshipReport }

/** Calls relationship_report(). Rejects with UV003 for an unused environment. */
export async function readReport(
  client: pg.ClientBase,
  { environment, detail }: { environment: string; detail: boolean },
): Promise<ReportDocument> {
  const { rows } = await client.query<{ report: ReportDocument }>(
    'SELECT relationship_report($1, $2) AS report',
    [environment, detail],
  )
  return rows[0]!.report
}
