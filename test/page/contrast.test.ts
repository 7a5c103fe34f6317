import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/package.js'

const css = readFileSync(join(packageRoot, 'src', 'page', 'style.css'), 'utf8')

/** The colours of a rule. */
function palette(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`)
  const block = css.slice(start, css.indexOf('}', start))
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  )
}

/** WCAG 2: relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const GROUNDS = ['ground', 'surface', 'sunken']

/** Text, and the grounds that it stands on. */
const TEXTS: readonly (readonly [text: string, grounds: readonly string[]])[] = [
  ['text', [...GROUNDS, 'accent-soft', 'bad-soft', 'warn-soft', 'good-soft', 'info-soft']],
  ['muted', [...GROUNDS, 'accent-soft']],
  ['accent', GROUNDS],
  ['on-accent', ['accent', 'accent-strong']],
  ['good', ['ground', 'surface', 'good-soft']],
  ['bad', ['ground', 'surface', 'sunken', 'bad-soft']],
  ['warn', ['ground', 'surface', 'sunken', 'warn-soft']],
  ['info', ['surface', 'sunken', 'info-soft']],
  ['ground', ['text']],
]

/** Marks that carry a meaning, and borders of controls. */
const MARKS: readonly (readonly [mark: string, grounds: readonly string[]])[] = [
  ['control', GROUNDS],
  ['accent', [...GROUNDS, 'line']],
  ...['chart-1', 'chart-2', 'chart-3', 'chart-4', 'chart-5', 'chart-none'].map(
    (name) => [name, ['surface']] as const,
  ),
  ['chart-3', ['sunken']],
]

describe.each([
  ['light', palette(':root')],
  ['dark', { ...palette(':root'), ...palette(`:root[data-theme='dark']`) }],
])('the %s palette', (_name, colours) => {
  it('is complete', () => {
    expect(Object.keys(colours).length).toBeGreaterThan(20)
  })

  it('has a contrast of at least 4.5 between text and its grounds', () => {
    for (const [text, grounds] of TEXTS) {
      for (const ground of grounds)
        expect(contrast(colours[text]!, colours[ground]!), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('has a contrast of at least 3 between marks and their grounds', () => {
    for (const [mark, grounds] of MARKS) {
      for (const ground of grounds)
        expect(contrast(colours[mark]!, colours[ground]!), `${mark} on ${ground}`).toBeGreaterThanOrEqual(3)
    }
  })
})
