import { h } from './dom.js'

/** Hash of a symbol. */
export function symbolHash(symbol: string): string {
  return `#/symbol/${encodeURIComponent(symbol)}`
}

/** Hash of a universe. */
export function universeHash(type: string, name: string): string {
  return `#/universe/${encodeURIComponent(type)}/${encodeURIComponent(name)}`
}

/** Hash of a run. */
export function runHash(jobId: string): string {
  return `#/run/${encodeURIComponent(jobId)}`
}

/** Creates a link to a symbol. */
export function symbolLink(symbol: string, className = 'symbol'): HTMLElement {
  return h('a', { href: symbolHash(symbol), class: className }, symbol)
}

/** Creates a link to a universe. */
export function universeLink(type: string, name: string, text = name): HTMLElement {
  return h('a', { href: universeHash(type, name) }, text)
}

/** Parses a hash: `#/symbol/BRK.B` is ['symbol', 'BRK.B']; any other hash is []. */
export function routeOf(hash: string): string[] {
  if (!hash.startsWith('#/')) return []
  try {
    return hash.slice(2).split('/').map(decodeURIComponent)
  } catch {
    return []
  }
}
