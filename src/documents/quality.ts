import { Type, type Static } from 'typebox'
import { OPEN, orNull } from './fields.js'

const STATUSES = ['PASS', 'WARN', 'FAIL'] as const

/** One finding of a check. */
export const Finding = Type.Object({ subject: Type.String(), detail: Type.String() }, OPEN)
export type Finding = Static<typeof Finding>

/** Result of a row of relationship_checks, apart from its name. */
export const checkResult = {
  status: Type.Enum(STATUSES),
  findings: orNull(Type.Integer(), 'number of findings; null if the check cannot run, see samples'),
  samples: Type.Array(Finding, { description: 'the first findings' }),
  title: Type.String({ description: 'what the check expects' }),
  remedy: Type.String(),
  relation: Type.String({ description: 'view that lists the findings' }),
}

/** Result of one check. */
export const CheckResult = Type.Object({ check: Type.String(), ...checkResult }, OPEN)
export type CheckResult = Static<typeof CheckResult>

/** Results of all enabled checks. */
export const ValidationDocument = Type.Object(
  {
    environment: Type.String(),
    status: Type.Enum(STATUSES, { description: 'worst status of the checks' }),
    checks: Type.Array(CheckResult),
  },
  OPEN,
)
export type ValidationDocument = Static<typeof ValidationDocument>
