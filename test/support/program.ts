import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Suites that need more than the servers: where it is missing they are left out, and the run says so. */
const SUITES = [
  { files: 'test/page/**', debian: ['chromium'], there: () => findChromium() !== undefined },
  { files: 'test/database/pgbouncer.test.ts', debian: ['pgbouncer'], there: () => find('pgbouncer') },
  {
    files: 'test/docs/**',
    debian: ['python3-requests', 'python3-redis', 'curl', 'postgresql-client'],
    there: () => find('curl') && find('psql') && pythonImports('requests', 'redis'),
  },
]

/** Globs of the suites that this machine cannot run, with a line for each; on CI that is an error. */
export function suitesToLeaveOut(): string[] {
  const missing = SUITES.filter(({ there }) => !there())
  for (const { files, debian } of missing) {
    const remedy = `apt-get install ${debian.join(' ')}`
    if (process.env['CI']) throw new Error(`${files} cannot run: ${remedy}`)
    console.log(`left out: ${files}; to run it: ${remedy}`)
  }
  return missing.map(({ files }) => files)
}

/** Full path of a program, undefined when there is none. */
export function find(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'].filter(Boolean)
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** Full path of Chromium: CHROMIUM_PATH, else what the PATH has. */
export function findChromium(): string | undefined {
  return process.env['CHROMIUM_PATH'] ?? find('chromium') ?? find('chromium-browser') ?? find('google-chrome')
}

/** Debian's own Python has Debian's libraries. */
function pythonImports(...modules: string[]): boolean {
  return ['/usr/bin/python3', 'python3'].some((python) => {
    try {
      execFileSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}
