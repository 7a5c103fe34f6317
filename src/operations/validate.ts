import type pg from 'pg'

/** One finding of a check. */
export interface Finding {
  subject: string
  detail: string
}

/**
 * A row of validate_relationships. `findings` is null when the check itself cannot run; `samples` says why
 * then. `relation` is the view that lists them all.
 */
export interface CheckResult {
  check: string
  status: 'PASS' | 'WARN' | 'FAIL'
  findings: number | null
  samples: Finding[]
  title: string
  remedy: string
  relation: string
}

/** What validate_relationships says about an environment: `status` is the worst of its checks. */
export interface Validation {
  environment: string
  status: CheckResult['status']
  checks: CheckResult[]
}

/**
 * Calls validate_relationships; `samples` is how many findings of each check are listed, all of them are counted.
 * Rejects with SQLSTATE UV003 when the environment has no universes while others have some.
 */
export async function validate(client: pg.Client, environment: string, samples: number): Promise<Validation> {
  const { rows: checks } = await client.query<CheckResult>(
    `SELECT check_name AS "check", status, findings::integer, samples, title, remedy, relation
     FROM validate_relationships($1, $2)`,
    [environment, samples],
  )
  const worst = (['FAIL', 'WARN'] as const).find((status) => checks.some((check) => check.status === status))
  return { environment, status: worst ?? 'PASS', checks }
}
