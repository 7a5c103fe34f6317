import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { packageRoot } from '../database/package-root.js'
import { UniversesError } from '../errors.js'
import { joinModules } from './page-modules.js'

/** A file of the page, as it is sent. */
export interface PageFile {
  type: string
  /** Strong, quoted. */
  etag: string
  body: Buffer
  gzip: Buffer
}

/** The page: its shell, and what the shell asks for by name. */
export interface Page {
  /** Digest of all files: part of their addresses, so that browsers may keep them for ever. */
  version: string
  shell: PageFile
  files: ReadonlyMap<string, PageFile>
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const SOURCE = join(packageRoot, 'src', 'page')
const BUILT = join(packageRoot, 'dist', 'src', 'page')

/** Reads the page into memory: a hundred kilobytes, compressed once. Throws when the modules have not been built. */
export function readPage(): Page {
  if (!existsSync(join(BUILT, 'main.js'))) {
    throw new UniversesError('the admin page has not been built', { hint: 'npm run build' })
  }
  const built = (name: string): string => readFileSync(join(BUILT, `${name}.js`), 'utf8')
  const texts = new Map([
    ['style.css', readFileSync(join(SOURCE, 'style.css'), 'utf8')],
    ['icon.svg', readFileSync(join(SOURCE, 'icon.svg'), 'utf8')],
    // On its own: it sets the colours before the first paint.
    ['theme.js', built('theme')],
    ['main.js', joinModules('main', built)],
  ])
  const digest = createHash('sha256')
  for (const [name, text] of texts) digest.update(`${name}\0${text}`)
  const version = digest.digest('hex').slice(0, 12)
  const files = new Map([...texts].map(([name, text]) => [name, pageFile(name, text)]))
  const shell = readFileSync(join(SOURCE, 'index.html'), 'utf8')
  return {
    version,
    shell: pageFile('index.html', shell.replaceAll('/admin/assets/', `/admin/assets/${version}/`)),
    files,
  }
}

function pageFile(name: string, text: string): PageFile {
  const body = Buffer.from(text)
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    etag,
    body,
    gzip: gzipSync(body, { level: 9 }),
  }
}
