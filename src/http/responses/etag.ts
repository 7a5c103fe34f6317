import { createHash } from 'node:crypto'
import fresh from 'fresh'

/** Strong entity tag: a digest of the bytes, the same in every process. */
export function etagOf(body: Buffer): string {
  return `"${createHash('sha1').update(body).digest('base64url')}"`
}

/** True if an If-None-Match header lists the tag. Cache-Control of the request does not count: its answer is current. */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  return fresh({ 'if-none-match': ifNoneMatch?.trim() }, { etag })
}
