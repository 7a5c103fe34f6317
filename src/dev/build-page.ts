import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { packageRoot } from '../package.js'

/*
 * Builds the admin page, as part of `npm run build`: dist/page/index.html and, in dist/page/assets, the bundled and minified
 * files that it names, with a content hash in each name so that browsers may cache them forever. Every file is also written
 * compressed, for @fastify/static to send.
 */
const SOURCE = join(packageRoot, 'src', 'page')
const TARGET = join(packageRoot, 'dist', 'page')
// theme.ts is not part of the bundle: it sets the colours before the first paint.
const ENTRIES = ['main.ts', 'theme.ts', 'style.css', 'icon.svg']

async function buildPage(): Promise<void> {
  await rm(TARGET, { recursive: true, force: true })
  const assets = join(TARGET, 'assets')
  const { metafile } = await build({
    entryPoints: ENTRIES.map((name) => join(SOURCE, name)),
    outdir: assets,
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    loader: { '.svg': 'copy' },
    metafile: true,
  })
  let html = await readFile(join(SOURCE, 'index.html'), 'utf8')
  for (const path of Object.keys(metafile.outputs)) {
    const hashed = basename(path)
    html = html.replaceAll(`/admin/assets/${plainName(hashed)}`, `/admin/assets/${hashed}`)
  }
  await writeFile(join(TARGET, 'index.html'), html)
  for (const folder of [TARGET, assets]) await compressFiles(folder)
}

/** `main-ABC123.js` is referred to as `main.js` in the source of the page. */
function plainName(hashed: string): string {
  return hashed.replace(/-[A-Z0-9]+(?=\.\w+$)/, '')
}

async function compressFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile() || ['.br', '.gz'].includes(extname(entry.name))) continue
    const path = join(folder, entry.name)
    const bytes = await readFile(path)
    await writeFile(`${path}.br`, brotliCompressSync(bytes))
    await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  }
}

await buildPage()
