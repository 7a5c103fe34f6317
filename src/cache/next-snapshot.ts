import { UniversesError } from '../errors.js'
import type { SnapshotDocument } from './document.js'
import { Group } from './group.js'
import { Snapshot } from './snapshot.js'
import { StockTable } from './stock-table.js'
import type { Changes } from './types.js'
import { SectorIndex } from './universe.js'

/** Result of applying a document to a snapshot. */
export interface NextSnapshot {
  /** The previous one when nothing that readers see has changed. */
  snapshot: Snapshot
  changes: Changes
  /** True when only a complete document can fill in what is missing. */
  incomplete: boolean
}

/** Applies a document to a snapshot. What did not change is shared with the previous snapshot. */
export function nextSnapshot(
  environment: string,
  before: Snapshot | undefined,
  document: SnapshotDocument,
): NextSnapshot {
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

/** Returns the groups after the document, in byte order of type and name. */
function nextGroups(before: Snapshot | undefined, { complete, ids, groups }: SnapshotDocument): Group[] {
  const received = new Map(groups.map((columns) => [columns.id, columns]))
  const next: Group[] = []
  for (const id of ids) {
    const old = before?.groups.get(id)
    const columns = received.get(id)
    const group = columns && new Group(columns)
    if (group && group.digest !== old?.digest) next.push(group)
    else if (old && (group || !complete)) next.push(old)
  }
  const key = ({ info }: Group): string => `${info.type}\0${info.name}`
  return next.sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** Yields the groups that are new, changed or gone. */
function* difference(before: Snapshot | undefined, groups: readonly Group[]): Generator<Group> {
  for (const group of groups) if (before?.groups.get(group.id) !== group) yield group
  if (!before) return
  const kept = new Set(groups.map(({ id }) => id))
  for (const group of before.groups.values()) if (!kept.has(group.id)) yield group
}

/** True when a group has symbols that were added after the last read of the table symbols: they have no name or market cap yet. */
function hasNewcomers(before: Snapshot | undefined, changed: readonly Group[], stocks: StockTable): boolean {
  return changed.some((group) => group.unlisted(stocks).some((symbol) => !before?.knows(symbol)))
}

function namesOf(changed: readonly Group[]): Changes {
  const names = new Map(changed.map(({ info: { type, name } }) => [`${type}\0${name}`, { type, name }]))
  return Object.freeze([...names.values()].map((name) => Object.freeze(name)))
}
