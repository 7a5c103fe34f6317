import { createHash } from 'node:crypto'
import fresh from 'fresh'

/** Returns a strong entity tag: a digest of the bytes, the same in every process. */
export function etagOf(body: Buffer): string {
  return `"${createHash('sha1').update(body).digest('base64url')}"`
}

/** Returns true if an If-None-Match header lists the tag. Cache-Control of the request is ignored: every response is current. */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  return fresh({ 'if-none-match': ifNoneMatch?.trim() }, { etag })
}
