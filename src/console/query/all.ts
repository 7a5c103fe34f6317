import { renderTable } from '../text.js'
import type { AllAnswer } from '../../operations/query.js'
import { renderFacts, renderHeading, section } from './parts.js'
import { formatCount, formatCounted, formatTime } from '../format.js'

/** Renders the totals per type, the extent of history, and the last run and loads. */
export function renderAll(all: AllAnswer): string {
  const { universes, memberships, symbols, history } = all
  const facts = {
    Universes: `${formatCounted(universes, 'universe')}, ${formatCounted(memberships, 'membership')} of ${formatCounted(symbols, 'symbol')}`,
    History: history.since
      ? `${formatCounted(history.rows, 'row')} since ${formatTime(history.since)}, last change ${formatTime(history.last_change)} UTC`
      : 'none yet: universes load etfs DIR, universes refresh',
  }
  return [
    `${renderHeading(`Environment ${all.environment}`, null, all)}\n${renderFacts(facts)}`,
    renderTypes(all),
    section('Last', renderLast(all)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function renderTypes({ types }: AllAnswer): string {
  if (types.length === 0) return ''
  const rows = types.map((type) => [
    type.type,
    type.universes,
    type.members,
    `${type.largest} (${formatCount(type.largest_members)})`,
    formatTime(type.last_change),
  ])
  return renderTable(['type', 'universes', 'members', 'largest', 'last change, UTC'], rows)
}

function renderLast({ last }: AllAnswer): string {
  const rows = last.map((run) => [
    formatTime(run.started_at),
    run.kind === run.mode ? run.kind : `${run.kind} ${run.mode}`,
    run.total_changes,
    run.triggered_by,
  ])
  return rows.length === 0 ? '' : renderTable(['when, UTC', 'run', 'changes', 'by'], rows)
}
