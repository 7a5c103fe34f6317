import { changeList } from './changes.js'
import type { FileProblem, LoadDocument, LoadFile } from '../documents/loads.js'
import { h, tag, type Child, type Tone } from './dom.js'
import { capital, count, number } from './format.js'

const STATUS: Readonly<Record<LoadFile['status'], readonly [tone: Tone | '', done: string, would: string]>> =
  {
    loaded: ['good', 'Loaded', 'Would load'],
    unchanged: ['', 'Unchanged', 'Unchanged'],
    held: ['warn', 'Held back', 'Would be held back'],
    rejected: ['bad', 'Refused', 'Refused'],
  }

/** Shows the result of a load, or of its preview: files, then changed universes. */
export function loadView(answer: LoadDocument): HTMLElement {
  const { files, changes, dry_run: dry } = answer
  // Problems come first.
  const order = ['rejected', 'held', 'loaded', 'unchanged']
  const sorted = [...files].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
  return h(
    'div',
    { class: 'load-result' },
    h('p', { class: 'outcome' }, sentence(answer), dry && tag('Preview, nothing was kept', 'info')),
    h(
      'ul',
      { class: 'files' },
      sorted.map((file) => fileItem(file, dry)),
    ),
    Array.isArray(changes) &&
      changes.length > 0 && [h('h3', {}, dry ? 'What would change' : 'What changed'), changeList(changes)],
  )
}

function sentence({ files, changes, total_changes: total, dry_run: dry }: LoadDocument): string {
  const refused = files.filter(({ status }) => status === 'rejected').length
  if (refused === files.length) {
    return refused === 1
      ? 'The file was refused. Nothing was written.'
      : 'Every file was refused. Nothing was written.'
  }
  const bad = refused > 0 ? ` ${count(refused, 'file')} refused.` : ''
  if (total === 0) return `Nothing ${dry ? 'would change' : 'has changed'}.${bad}`
  if (!Array.isArray(changes)) {
    const { inserted, updated, deleted = 0 } = changes
    const rows = [
      `${number(inserted)} inserted`,
      `${number(updated)} updated`,
      deleted > 0 && `${number(deleted)} deleted`,
    ]
    return `${count(total, 'row')}: ${rows.filter(Boolean).join(', ')}.${bad}`
  }
  const universes = changes.filter(({ held }) => !held).length
  return `${count(total, 'change')} in ${count(universes, 'universe')}.${bad}`
}

function fileItem(file: LoadFile, dry: boolean): HTMLElement {
  const [tone, done, would] = STATUS[file.status]
  const facts = [
    file.universe,
    file.rows > 0 && count(file.rows, 'row'),
    file.format,
    file.as_of && `as of ${file.as_of}`,
    file.repaired > 0 && `${number(file.repaired)} repaired`,
    ...Object.entries(file.skipped ?? {}).map(([reason, rows]) => `${number(rows)} skipped as ${reason}`),
  ].filter(Boolean)
  return h(
    'li',
    { class: `file ${file.status}` },
    h('div', { class: 'file-head' }, h('b', {}, file.name), tag(dry ? would : done, tone)),
    facts.length > 0 && h('p', { class: 'why' }, facts.join(' · ')),
    file.problem && problem(file.problem),
    (file.held_by?.length ?? 0) > 0 &&
      h(
        'div',
        { class: 'file-problem warn' },
        h('p', {}, `${file.held_by!.map(capital).join('; ')}.`),
        h('p', { class: 'help' }, 'Check the file. If it is right, load it with Force.'),
      ),
    file.warnings.length > 0 && h('p', { class: 'help' }, file.warnings.join(', ')),
  )
}

/** Shows the place, value and remedy of an error in a file. */
function problem({ message, remedy, line, column, value, more }: FileProblem): Child {
  return h(
    'div',
    { class: 'file-problem' },
    line !== undefined && tag(`line ${number(line)}`, 'bad'),
    column !== undefined && tag(column),
    value !== undefined && h('code', {}, value === '' ? 'empty' : value),
    h('p', {}, `${capital(message)}.`, more ? ` And ${count(more, 'more problem')}.` : ''),
    remedy && h('p', { class: 'help' }, remedy),
  )
}
