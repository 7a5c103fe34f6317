import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { toUniversesError, UniversesError } from '../errors.js'

const run = promisify(execFile)

/** Account of a server; the current one if empty. */
export interface Account {
  uid?: number
  gid?: number
}

/** Account for a server: as root, the owner of the folder or `postgres` (created if missing), because PostgreSQL refuses root. */
export async function serverAccount(directory?: string): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  const owner = directory === undefined ? undefined : await stat(directory).catch(() => undefined)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const id = async (flag: string): Promise<number> => Number((await run('id', [flag, 'postgres'])).stdout)
  try {
    await run('id', ['postgres']).catch(() => run('useradd', ['--system', '--user-group', 'postgres']))
    return { uid: await id('-u'), gid: await id('-g') }
  } catch (cause) {
    throw new UniversesError('PostgreSQL cannot run as root, and no user "postgres" could be created', {
      cause,
      detail: toUniversesError(cause).message,
      hint: 'Run the command as an ordinary user, or create a user named postgres.',
    })
  }
}

/** True if `account` can reach a file or folder through all folders above it. */
export async function canReach(path: string, account: Account): Promise<boolean> {
  if (account.uid === undefined) return true
  return run('test', ['-x', path], account).then(
    () => true,
    () => false,
  )
}
