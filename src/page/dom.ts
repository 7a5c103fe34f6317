/** Content of an element. Strings become text nodes: markup is never parsed. */
export type Child = Node | string | number | null | undefined | false | readonly Child[]

/** Meaning of a tag or box, shown as its colour. */
export type Tone = 'good' | 'bad' | 'warn' | 'info'

/** Attributes; `true` sets one without a value, `false` and undefined omit it. `on` has the listeners. */
export interface Props {
  on?: Record<string, (event: Event) => void>
  [attribute: string]: string | number | boolean | undefined | Record<string, (event: Event) => void>
}

/** Creates an HTML element. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), props, children)
}

/** Creates an SVG element. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children)
}

/** Creates a decorative icon from one path. */
export function icon(path: string, name = ''): SVGElement {
  return svg(
    'svg',
    { class: `icon ${name}`.trim(), viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('path', { d: path }),
  )
}

/** Creates a button. */
export function button(
  text: string,
  click: () => void,
  props: Record<string, string | boolean> = {},
): HTMLButtonElement {
  return h('button', { type: 'button', class: 'button small', ...props, on: { click } }, text)
}

/** Creates a round button that shows an icon; `label` is for screen readers. */
export function iconButton(label: string, path: string, click: () => void, size = ''): HTMLButtonElement {
  return h(
    'button',
    { type: 'button', class: `icon-button ${size}`.trim(), 'aria-label': label, on: { click } },
    icon(path),
  )
}

/** Creates a tag: a word or two on a coloured ground. */
export function tag(text: string, tone: Tone | '' = ''): HTMLElement {
  return h('span', { class: `tag ${tone}`.trim() }, text)
}

/** Replaces the content of an element. */
export function put(element: Element, ...children: Child[]): void {
  element.replaceChildren(...nodes(children))
}

/** Returns the element of index.html with this id. */
export function byId<Type extends Element = HTMLElement>(id: string): Type {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no #${id}`)
  return element as unknown as Type
}

/** Announces a text to screen readers without moving the focus. */
export function announce(text: string): void {
  byId('announcer').textContent = text
}

/** Replaces the content of an element and hides it if it is empty. */
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
