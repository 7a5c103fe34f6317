import type { OverviewRun } from '../documents/runs.js'
import { h, svg, type Child } from './dom.js'
import { day, duration, short } from './format.js'
import { logScale, type Scale } from './scale.js'

const HEIGHT = 168
const TOP = 10
const BOTTOM = 24
const LEFT = 44
const MIN_SLOTS = 30
/** Smallest width of a slot in pixels: in a narrower one a hollow bar looks filled. */
const MIN_SLOT = 9

/** Value that the bars show. */
export type Measure = 'changes' | 'durations'

/** Chart of the latest runs that fit into the width, oldest first. */
export class RunsPicture {
  readonly runs: readonly OverviewRun[]
  readonly measure: Measure
  readonly width: number
  readonly #scale: Scale

  constructor(oldestFirst: readonly OverviewRun[], measure: Measure, width: number) {
    this.runs = oldestFirst.slice(-Math.max(1, Math.floor((width - LEFT) / MIN_SLOT)))
    this.measure = measure
    this.width = width
    const largest = Math.max(...this.runs.map((run) => this.#value(run)))
    this.#scale = logScale(largest, measure === 'changes' ? 1 : 0.01)
  }

  /** Draws bars on a logarithmic scale; dry runs are hollow, failed runs are crosses. */
  draw(): Child {
    return [
      svg(
        'svg',
        {
          width: this.width,
          height: HEIGHT,
          viewBox: `0 0 ${this.width} ${HEIGHT}`,
          'aria-hidden': 'true',
        },
        this.#grid(),
        this.runs.map((run, index) => this.#mark(run, index)),
        this.#days(),
      ),
      this.#legend(),
    ]
  }

  /** Returns the x coordinate of the middle of a run. */
  middle(index: number): number {
    return this.#left(index) + this.#slot / 2
  }

  /** Returns the index of the run at an x coordinate, or -1. */
  indexAt(x: number): number {
    const index = this.runs.length - Math.ceil((this.width - x) / this.#slot)
    return index >= 0 && index < this.runs.length ? index : -1
  }

  get #slot(): number {
    return (this.width - LEFT) / Math.max(MIN_SLOTS, this.runs.length)
  }

  #left(index: number): number {
    return this.width - (this.runs.length - index) * this.#slot
  }

  #value(run: OverviewRun): number {
    return this.measure === 'changes' ? run.total_changes : run.duration_seconds
  }

  #height(value: number): number {
    return this.#scale.at(value) * (HEIGHT - TOP - BOTTOM)
  }

  #grid(): Child {
    const text = (tick: number): string =>
      this.measure === 'changes' ? short(tick) : duration(tick).replace('.00', '').replace('.0 ', ' ')
    return [0, ...this.#scale.ticks].map((tick) => {
      const y = Math.round(HEIGHT - BOTTOM - this.#height(tick)) + 0.5
      return [
        svg('line', { class: tick === 0 ? 'axis' : 'grid', x1: LEFT, x2: this.width, y1: y, y2: y }),
        tick > 0 && svg('text', { class: 'tick', x: LEFT - 8, y: y + 4, 'text-anchor': 'end' }, text(tick)),
      ]
    })
  }

  #mark(run: OverviewRun, index: number): Child {
    const x = this.#left(index)
    const hit = { class: 'hit', x, y: TOP - 6, width: this.#slot, height: HEIGHT - BOTTOM - TOP + 12 }
    const kind = run.status === 'failed' ? 'failed' : run.dry_run ? 'dry' : 'kept'
    const shape = kind === 'failed' ? this.#cross(index) : this.#bar(run, index)
    return svg('g', { class: `run-mark ${kind}`, 'data-index': index }, svg('rect', hit), shape)
  }

  #cross(index: number): Child {
    const [x, y, r] = [this.middle(index), HEIGHT - BOTTOM - 9, 4]
    return svg('path', { d: `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}` })
  }

  #bar(run: OverviewRun, index: number): Child {
    const width = Math.max(2, Math.min(16, this.#slot - 3))
    const value = this.#value(run)
    const tall = Math.max(value === 0 ? 2 : 3, this.#height(value))
    const border = run.dry_run ? 0.75 : 0
    return svg('rect', {
      class: 'bar',
      x: this.middle(index) - width / 2 + border,
      y: HEIGHT - BOTTOM - tall + border,
      width: width - 2 * border,
      height: Math.max(1, tall - 2 * border),
      rx: Math.min(3, width / 3),
    })
  }

  /** Labels the first run of each day, from the right, as far as labels fit. */
  #days(): Child {
    let free = this.width + 40
    const name = (index: number): string => day(this.runs[index]?.started_at ?? '').slice(5)
    return this.runs
      .map((_, index) => index)
      .filter((index) => index === 0 || name(index) !== name(index - 1))
      .reverse()
      .filter((index) => {
        if (this.middle(index) > free - 48) return false
        free = this.middle(index)
        return true
      })
      .map((index) => {
        const x = Math.min(this.middle(index), this.width - 18)
        return svg('text', { class: 'tick', x, y: HEIGHT - 6, 'text-anchor': 'middle' }, name(index))
      })
  }

  #legend(): Child {
    const swatch = (kind: string): Child =>
      svg(
        'svg',
        { class: `swatch run-mark ${kind}`, width: 12, height: 12 },
        kind === 'failed'
          ? svg('path', { d: 'M2 2l8 8m0-8l-8 8' })
          : svg('rect', { class: 'bar', x: 1, y: 1, width: 10, height: 10, rx: 2 }),
      )
    const item = (kind: string, text: string): Child => h('span', {}, swatch(kind), text)
    return h(
      'p',
      { class: 'legend', 'aria-hidden': 'true' },
      item('kept', 'kept'),
      this.runs.some((run) => run.dry_run) && item('dry', 'dry run'),
      this.runs.some((run) => run.status === 'failed') && item('failed', 'failed'),
      h('span', { class: 'legend-note' }, 'logarithmic'),
    )
  }
}
