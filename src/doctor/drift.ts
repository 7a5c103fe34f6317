import { identity, type CatalogEntry } from './catalog.js'
import { toUniversesError } from '../errors.js'
import { addition, missing, changed } from './drift-remedy.js'
import { fail, warn, type CheckResult, type Problem } from './finding.js'
import { queryRows, type Installation } from './installation.js'
import { replay, type Comparison } from './replay.js'
import { migrationNames } from '../database/read-migrations.js'

/** Compares every installed object with the one that this package installs. Rows are not compared. */
export async function checkDrift(installation: Installation): Promise<CheckResult> {
  const obstacle = await comparisonObstacle(installation)
  if (obstacle) return { summary: 'not checked', problems: [obstacle] }
  let comparison: Comparison
  try {
    comparison = await replay(installation)
  } catch (thrown) {
    const { code, message, detail, hint } = toUniversesError(thrown)
    if (code !== 'UV005') throw thrown
    return { summary: message, problems: [fail(detail ?? message, hint ?? '')] }
  }
  const problems = compare(installation, comparison)
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

async function comparisonObstacle(installation: Installation): Promise<Problem | undefined> {
  const shipped = migrationNames()
  if (installation.applied.some((name) => !shipped.includes(name)))
    return warn('the database is ahead of this package', 'npm install pg-universes@latest')
  const [row] = await queryRows<{ allowed: boolean; database: string }>(
    installation,
    `SELECT has_database_privilege(current_database(), 'CREATE') AS allowed, quote_ident(current_database()) AS database`,
  )
  if (row!.allowed) return undefined
  return warn(
    `to compare, scratch schemas are needed for the time of the check, which role ${installation.role} may not create`,
    `GRANT CREATE ON DATABASE ${row!.database} TO ${installation.role}; or call doctor as the owner of the database`,
  )
}

function compare(installation: Installation, { installed, expected, adopted }: Comparison): Problem[] {
  const found = new Map(installed.map((entry) => [identity(entry), entry]))
  const wanted = new Set(expected.map(identity))
  const gone = new Set(
    expected.filter((entry) => entry.parent === null && !found.has(identity(entry))).map(ownerOf),
  )
  const problems: Problem[] = []
  for (const entry of expected) {
    if ((entry.parent !== null && gone.has(ownerOf(entry))) || isCheckedElsewhere(entry)) continue
    const isAdopted = entry.schema === 'api' && adopted.has(entry.parent ?? entry.name)
    if (entry.kind === 'constraint' && isAdopted) continue
    const there = found.get(identity(entry))
    if (there) problems.push(...differences(installation, entry, there, isAdopted))
    else if (entry.kind !== 'trigger') problems.push(missing(installation, entry))
  }
  const functions = new Set(expected.filter((entry) => entry.kind === 'function').map(ownerOf))
  const tables = new Set(expected.filter((entry) => entry.kind === 'table').map(ownerOf))
  for (const entry of installed) {
    if (wanted.has(identity(entry)) || isCheckedElsewhere(entry)) continue
    const isOurs =
      entry.kind === 'function'
        ? functions.has(ownerOf(entry))
        : entry.kind !== 'index' &&
          entry.parent !== null &&
          tables.has(ownerOf(entry)) &&
          !(entry.schema === 'api' && adopted.has(entry.parent))
    if (isOurs) problems.push(addition(installation, entry))
  }
  return problems
}

/** Name of the object that an entry is or belongs to. */
function ownerOf({ schema, parent, name }: CatalogEntry): string {
  return `${schema}.${parent ?? name}`
}

/** True for the primary key and indexes of ohlcv_daily, which checkPriceIndexes() examines. */
function isCheckedElsewhere({ kind, parent, key }: CatalogEntry): boolean {
  return (
    parent === 'ohlcv_daily' && (kind === 'index' || (kind === 'constraint' && key.startsWith('PRIMARY KEY')))
  )
}

function differences(
  installation: Installation,
  wanted: CatalogEntry,
  found: CatalogEntry,
  isAdopted: boolean,
): Problem[] {
  const names = Object.keys(wanted.facets).filter((name) => wanted.facets[name] !== found.facets[name])
  const relevant = isAdopted
    ? names.filter((name) => ['type', 'row security', 'definition'].includes(name))
    : names
  return relevant.length === 0 ? [] : [changed(installation, wanted, found, relevant)]
}
