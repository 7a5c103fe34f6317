import { UniversesError } from '../errors.js'
import type { SnapshotDocument } from './document.js'
import { Group } from './group.js'
import { Snapshot } from './snapshot.js'
import { StockTable } from './stock-table.js'
import type { Changes } from './types.js'
import { SectorIndex } from './universe.js'

/** What a document makes of a snapshot. */
export interface Advance {
  /** The one before, when nothing that readers see has changed. */
  snapshot: Snapshot
  changes: Changes
  /** The document leaves something open that only a complete one says. */
  incomplete: boolean
}

/** The snapshot after a document: whatever is as it was is shared with the one before. */
export function advance(
  environment: string,
  before: Snapshot | undefined,
  document: SnapshotDocument,
): Advance {
  const stocks = nextStocks(before, document)
  const groups = nextGroups(before, document)
  const sectorGroups = groups.filter(({ info }) => info.type === 'SECTOR')
  const sectors = before?.sectors.consistsOf(sectorGroups) ? before.sectors : new SectorIndex(sectorGroups)
  const changed = [...difference(before, groups)]
  const newcomers = document.symbols === null && hasNewcomers(before, changed, stocks)
  const incomplete = newcomers || (!document.complete && groups.length < document.ids.length)
  if (before && changed.length === 0 && before.stocks === stocks)
    return { snapshot: before, changes: [], incomplete }
  const snapshot = new Snapshot(environment, groups, { stocks, sectors }, before)
  const everything = before?.stocks !== stocks || before.sectors !== sectors
  return { snapshot, changes: everything ? 'all' : namesOf(changed), incomplete }
}

function nextStocks(before: Snapshot | undefined, { symbols }: SnapshotDocument): StockTable {
  if (symbols === null) {
    if (before) return before.stocks
    throw new UniversesError('the first document has no symbols', {
      hint: 'Is relationship_snapshot() that of this package? universes doctor says what differs.',
    })
  }
  const stocks = new StockTable(symbols)
  return before?.stocks.digest === stocks.digest ? before.stocks : stocks
}

/** In byte order of type and name. */
function nextGroups(before: Snapshot | undefined, { complete, ids, groups }: SnapshotDocument): Group[] {
  const told = new Map(groups.map((columns) => [columns.id, columns]))
  const next: Group[] = []
  for (const id of ids) {
    const old = before?.groups.get(id)
    const columns = told.get(id)
    const group = columns && new Group(columns)
    if (group && group.digest !== old?.digest) next.push(group)
    else if (old && (group || !complete)) next.push(old)
  }
  const key = ({ info }: Group): string => `${info.type}\0${info.name}`
  return next.sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** Groups that are new, other than they were, or gone. */
function* difference(before: Snapshot | undefined, groups: readonly Group[]): Generator<Group> {
  for (const group of groups) if (before?.groups.get(group.id) !== group) yield group
  if (!before) return
  const kept = new Set(groups.map(({ id }) => id))
  for (const group of before.groups.values()) if (!kept.has(group.id)) yield group
}

/** Symbols that came after the last look at the table symbols have no name or market cap yet. */
function hasNewcomers(before: Snapshot | undefined, changed: readonly Group[], stocks: StockTable): boolean {
  return changed.some((group) => group.unlisted(stocks).some((symbol) => !before?.knows(symbol)))
}

function namesOf(changed: readonly Group[]): Changes {
  const names = new Map(changed.map(({ info: { type, name } }) => [`${type}\0${name}`, { type, name }]))
  return Object.freeze([...names.values()].map((name) => Object.freeze(name)))
}
