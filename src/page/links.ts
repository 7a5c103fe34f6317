import { h } from './dom.js'

/** Address of a symbol in this page. */
export function symbolHash(symbol: string): string {
  return `#/symbol/${encodeURIComponent(symbol)}`
}

/** Address of a universe in this page. */
export function universeHash(type: string, name: string): string {
  return `#/universe/${encodeURIComponent(type)}/${encodeURIComponent(name)}`
}

/** Address of a run in this page. */
export function runHash(jobId: string): string {
  return `#/run/${encodeURIComponent(jobId)}`
}

/** A symbol that leads to its groups. */
export function symbolLink(symbol: string, className = 'symbol'): HTMLElement {
  return h('a', { href: symbolHash(symbol), class: className }, symbol)
}

/** A universe that leads to its members. */
export function universeLink(type: string, name: string, text = name): HTMLElement {
  return h('a', { href: universeHash(type, name) }, text)
}

/** What a hash leads to: `#/symbol/BRK.B` is ['symbol', 'BRK.B']; nothing of ours is []. */
export function routeOf(hash: string): string[] {
  if (!hash.startsWith('#/')) return []
  try {
    return hash.slice(2).split('/').map(decodeURIComponent)
  } catch {
    return []
  }
}
