import { h, icon, svg, type Child } from './dom.js'
import { duration, number } from './format.js'
import { stepTitle } from './names.js'
import type { ShownStep } from './run-state.js'

const ICONS = {
  waiting: '',
  going: '',
  done: 'm3.5 8.5 3 3 6-7',
  failed: 'm4.5 4.5 7 7m0-7-7 7',
} as const

const STATES = { waiting: 'to do', going: 'running', done: 'done', failed: 'failed' } as const

/** Lists the steps of a run with their changes and durations. */
export function stepList(steps: readonly ShownStep[]): HTMLElement {
  const longest = Math.max(1, ...steps.map(({ milliseconds = 0 }) => milliseconds))
  return h(
    'ol',
    { class: 'steps' },
    steps.map((step) => stepItem(step, longest)),
  )
}

/** Shows +12, -3, ~40 in their colours, with texts for screen readers. */
export function moves(moved: { added?: number; removed?: number; updated?: number }): Child[] {
  const { added = 0, removed = 0, updated = 0 } = moved
  const one = (kind: string, sign: string, value: number, word: string): Child =>
    value > 0 &&
    h(
      'span',
      { class: `move ${kind}`, title: `${number(value)} ${word}` },
      h('span', { 'aria-hidden': 'true' }, sign),
      number(value),
      h('span', { class: 'hidden' }, ` ${word}`),
    )
  if (added + removed + updated === 0) return [h('span', { class: 'move none' }, 'no change')]
  return [
    one('added', '+', added, 'added'),
    ' ',
    one('removed', '−', removed, 'removed'),
    ' ',
    one('updated', '~', updated, 'updated'),
  ]
}

function stepItem(step: ShownStep, longest: number): HTMLElement {
  const { state, milliseconds, held = 0 } = step
  const counted = step.added !== undefined
  return h(
    'li',
    { class: `step ${state}`, 'aria-current': state === 'going' && 'step' },
    h('span', { class: 'step-mark' }, icon(ICONS[state])),
    h(
      'span',
      { class: 'step-name' },
      stepTitle(step.step),
      h('span', { class: 'hidden' }, `, ${STATES[state]}`),
    ),
    h(
      'span',
      { class: 'step-moves' },
      state === 'done' && counted && moves(step),
      held > 0 && h('span', { class: 'move held' }, ` ${number(held)} held`),
    ),
    h('span', { class: 'step-time' }, milliseconds === undefined ? '' : duration(milliseconds / 1000)),
    svg(
      'svg',
      { class: 'step-bar', 'aria-hidden': 'true' },
      milliseconds !== undefined &&
        svg('rect', { width: `${Math.max(1, (100 * milliseconds) / longest)}%`, height: '100%', rx: 1.5 }),
    ),
  )
}
