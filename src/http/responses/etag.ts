import { createHash } from 'node:crypto'

/** Strong entity tag of these bytes: another answer has another tag, the same answer the same one, in every process. */
export function etagOf(body: Buffer): string {
  return `"${createHash('sha1').update(body).digest('base64url')}"`
}

/**
 * Whether an If-None-Match header names the tag: `*`, or a list in which it occurs, compared weakly as RFC 9110 has it for
 * this header. What is no list of tags matches nothing.
 */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header === etag || header.trim() === '*') return true
  const opaque = strength(etag)
  for (const [, tag] of header.matchAll(/(?:^|,)\s*(?:W\/)?("[^"]*")\s*(?=,|$)/g))
    if (tag === opaque) return true
  return false
}

/** The tag without its mark of weakness. */
function strength(etag: string): string {
  return etag.startsWith('W/') ? etag.slice(2) : etag
}
