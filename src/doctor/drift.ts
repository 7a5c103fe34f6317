import { identity, type CatalogEntry } from './catalog.js'
import { toUniversesError } from '../errors.js'
import { addition, missing, changed } from './drift-remedy.js'
import { fail, warn, type Examined, type Problem } from './finding.js'
import { ask, type Patient } from './patient.js'
import { replay, type Comparison } from './replay.js'
import { migrationNames } from '../database/read-migrations.js'

/** Whether every installed object is the one that this package installs. Rows are never compared. */
export async function checkDrift(patient: Patient): Promise<Examined> {
  const obstacle = await whyNot(patient)
  if (obstacle) return { summary: 'not checked', problems: [obstacle] }
  let comparison: Comparison
  try {
    comparison = await replay(patient)
  } catch (thrown) {
    const { code, message, detail, hint } = toUniversesError(thrown)
    if (code !== 'UV005') throw thrown
    return { summary: message, problems: [fail(detail ?? message, hint ?? '')] }
  }
  const problems = compare(patient, comparison)
  const objects = comparison.expected.filter((entry) => entry.parent === null).length
  return {
    summary:
      problems.length === 0
        ? `${objects} objects are as the package installs them`
        : `${problems.length} ${problems.length === 1 ? 'difference' : 'differences'} from what the package installs`,
    problems,
    details:
      comparison.adopted.size > 0 ? [`adopted tables: ${[...comparison.adopted].sort().join(', ')}`] : [],
  }
}

async function whyNot(patient: Patient): Promise<Problem | undefined> {
  const shipped = migrationNames()
  if (patient.applied.some((name) => !shipped.includes(name)))
    return warn('the database is ahead of this package', 'npm install pg-universes@latest')
  const [row] = await ask<{ allowed: boolean; database: string }>(
    patient,
    `SELECT has_database_privilege(current_database(), 'CREATE') AS allowed, quote_ident(current_database()) AS database`,
  )
  if (row!.allowed) return undefined
  return warn(
    `to compare, scratch schemas are needed for the time of the check, which role ${patient.role} may not create`,
    `GRANT CREATE ON DATABASE ${row!.database} TO ${patient.role}; or call doctor as the owner of the database`,
  )
}

function compare(patient: Patient, { installed, expected, adopted }: Comparison): Problem[] {
  const found = new Map(installed.map((entry) => [identity(entry), entry]))
  const wanted = new Set(expected.map(identity))
  const gone = new Set(
    expected.filter((entry) => entry.parent === null && !found.has(identity(entry))).map(ownerOf),
  )
  const problems: Problem[] = []
  for (const entry of expected) {
    if ((entry.parent !== null && gone.has(ownerOf(entry))) || isElsewhere(entry)) continue
    const isAdopted = entry.schema === 'api' && adopted.has(entry.parent ?? entry.name)
    if (entry.kind === 'constraint' && isAdopted) continue
    const there = found.get(identity(entry))
    if (there) problems.push(...differences(patient, entry, there, isAdopted))
    else if (entry.kind !== 'trigger') problems.push(missing(patient, entry))
  }
  const functions = new Set(expected.filter((entry) => entry.kind === 'function').map(ownerOf))
  const tables = new Set(expected.filter((entry) => entry.kind === 'table').map(ownerOf))
  for (const entry of installed) {
    if (wanted.has(identity(entry)) || isElsewhere(entry)) continue
    const isOurs =
      entry.kind === 'function'
        ? functions.has(ownerOf(entry))
        : entry.kind !== 'index' &&
          entry.parent !== null &&
          tables.has(ownerOf(entry)) &&
          !(entry.schema === 'api' && adopted.has(entry.parent))
    if (isOurs) problems.push(addition(patient, entry))
  }
  return problems
}

/** The object that an entry is or belongs to. */
function ownerOf({ schema, parent, name }: CatalogEntry): string {
  return `${schema}.${parent ?? name}`
}

/** Checked for themselves, whether or not drift can be: the keys of ohlcv_daily. */
function isElsewhere({ kind, parent, key }: CatalogEntry): boolean {
  return (
    parent === 'ohlcv_daily' && (kind === 'index' || (kind === 'constraint' && key.startsWith('PRIMARY KEY')))
  )
}

function differences(
  patient: Patient,
  wanted: CatalogEntry,
  found: CatalogEntry,
  isAdopted: boolean,
): Problem[] {
  const names = Object.keys(wanted.facets).filter((name) => wanted.facets[name] !== found.facets[name])
  const relevant = isAdopted
    ? names.filter((name) => ['type', 'row security', 'definition'].includes(name))
    : names
  return relevant.length === 0 ? [] : [changed(patient, wanted, found, relevant)]
}
