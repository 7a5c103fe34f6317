import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot } from '../../src/package.js'

const run = promisify(execFile)

/** The packed tarball, and how many files it holds. */
export interface Tarball {
  path: string
  files: string[]
}

/** Packs the package as it is built into a folder: dist/ is not rebuilt, other suites use it. */
export async function pack(folder: string): Promise<Tarball> {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const { stdout } = await run('npm', args, { cwd: packageRoot, maxBuffer: 64 * 2 ** 20 })
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  return { path: join(folder, packed.filename), files: packed.files.map(({ path }) => path) }
}

/** Makes an empty project in a folder and installs the tarball without devDependencies. Returns everything npm printed. */
export async function install(tarball: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  )
  const args = ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', tarball]
  const { stdout, stderr } = await run('npm', args, { cwd: folder, env: withoutNpmSettings() })
  return stdout + stderr
}

/** Compiles a module of the project with the compiler of this package, the libraries' declarations included. */
export async function compile(folder: string, name: string, source: string): Promise<string> {
  const compilerOptions = {
    target: 'ES2022',
    module: 'NodeNext',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
  }
  writeFileSync(join(folder, `${name}.ts`), source)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [`${name}.ts`] }))
  const compiler = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc')
  return run(process.execPath, [compiler, '-p', folder], { cwd: folder }).then(
    ({ stdout }) => stdout,
    (failure: { stdout: string }) => failure.stdout,
  )
}

/** npm hands its own settings down to the scripts that it runs: a user's shell has none of them. */
function withoutNpmSettings(): NodeJS.ProcessEnv {
  const own =
    /^npm_(config_(engine_strict|prefix|local_prefix|omit|include|ignore_scripts)|package_|lifecycle_)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}
