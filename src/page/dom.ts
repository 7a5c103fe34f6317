/** What an element may contain. Text is always text: nothing here ever parses markup. */
export type Child = Node | string | number | null | undefined | false | readonly Child[]

/** Attributes; `true` sets one without a value, `false` and undefined leave it out. `on` are listeners. */
export interface Props {
  on?: Record<string, (event: Event) => void>
  [attribute: string]: string | number | boolean | undefined | Record<string, (event: Event) => void>
}

/** An HTML element. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), props, children)
}

/** An SVG element. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children)
}

/** A small picture from one path, for decoration only. */
export function icon(path: string, name = ''): SVGElement {
  return svg(
    'svg',
    { class: `icon ${name}`.trim(), viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('path', { d: path }),
  )
}

/** Replaces what an element contains. */
export function put(element: Element, ...children: Child[]): void {
  element.replaceChildren(...nodes(children))
}

/** The element of the shell that has this id. */
export function byId<Type extends Element = HTMLElement>(id: string): Type {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no #${id}`)
  return element as unknown as Type
}

/** Says something to screen readers, without moving the focus. */
export function announce(text: string): void {
  byId('announcer').textContent = text
}

/** Shows a sentence in an element that is hidden without one. */
export function say(id: string, ...children: Child[]): void {
  const element = byId(id)
  put(element, ...children)
  element.hidden = element.childNodes.length === 0
}

function fill<E extends Element>(element: E, { on, ...attributes }: Props, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '')
    else if (typeof value === 'string' || typeof value === 'number') element.setAttribute(name, String(value))
  }
  for (const [name, listener] of Object.entries(on ?? {})) element.addEventListener(name, listener)
  element.append(...nodes(children))
  return element
}

function nodes(children: readonly Child[]): (Node | string)[] {
  return children.flatMap((child): (Node | string)[] => {
    if (child === null || child === undefined || child === false) return []
    if (child instanceof Node) return [child]
    return typeof child === 'object' ? nodes(child) : [String(child)]
  })
}
