import type pg from 'pg'
import type { CheckResult, ValidationDocument } from '../documents/quality.js'

export type { CheckResult, ValidationDocument as Validation }

/**
 * Calls validate_relationships. Lists up to `samples` findings per check; `findings` counts all of them. Rejects with
 * UV003 if the environment has no universes while others have some.
 */
export async function validate(
  client: pg.Client,
  environment: string,
  samples: number,
): Promise<ValidationDocument> {
  const { rows: checks } = await client.query<CheckResult>(
    `SELECT check_name AS "check", status, findings::integer, samples, title, remedy, relation
     FROM validate_relationships($1, $2)`,
    [environment, samples],
  )
  const worst = (['FAIL', 'WARN'] as const).find((status) => checks.some((check) => check.status === status))
  return { environment, status: worst ?? 'PASS', checks }
}
