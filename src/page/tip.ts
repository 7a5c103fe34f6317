import { byId, h, put, type Child } from './dom.js'

/** Shows the tooltip above, or else below, a point of the window. */
export function showTip(x: number, y: number, content: Child): void {
  const tip = byId('tip')
  put(tip, content)
  tip.hidden = false
  const { width, height } = tip.getBoundingClientRect()
  const left = Math.min(Math.max(8, x - width / 2), innerWidth - width - 8)
  const above = y - height - 10
  tip.style.setProperty('left', `${left}px`)
  tip.style.setProperty('top', `${above > 8 ? above : y + 18}px`)
}

/** Hides the tooltip. */
export function hideTip(): void {
  byId('tip').hidden = true
}

/** Shows `content` as a tooltip while an element is hovered or focused. */
export function withTip<E extends Element>(element: E, content: () => Child): E {
  const show = (): void => {
    const { left, top, width } = element.getBoundingClientRect()
    showTip(left + width / 2, top, content())
  }
  element.addEventListener('pointerenter', show)
  element.addEventListener('focusin', show)
  element.addEventListener('pointerleave', hideTip)
  element.addEventListener('focusout', hideTip)
  return element
}

/** Content of a tooltip: a title and lines of names and values. */
export function tipLines(title: string, lines: readonly (readonly [name: string, value: string])[]): Child {
  return [
    h('b', {}, title),
    h(
      'dl',
      {},
      lines.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
    ),
  ]
}

// Escape dismisses the tooltip (WCAG 1.4.13); scrolling moves its element away.
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') hideTip()
})
addEventListener('scroll', hideTip, { passive: true, capture: true })
