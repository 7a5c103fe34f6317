import { mkdtemp, rm } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopOnExit } from '../../operations/stop-on-exit.js'

/** A folder for the files of one upload that only this user can look into. */
export interface UploadFolder {
  path: string
  /** Removes it with everything in it. */
  remove(this: void): Promise<void>
}

/** Makes a folder. It is removed at the latest when the process ends, SIGKILL excepted. */
export async function uploadFolder(): Promise<UploadFolder> {
  const options = { recursive: true, force: true, maxRetries: 3 }
  // Mode 0700, whatever the umask.
  const path = await mkdtemp(join(tmpdir(), 'pg-universes-upload-'))
  const forget = stopOnExit(() => rmSync(path, options))
  // What cannot be removed now is left to the end of the process: the upload was a success all the same.
  const remove = (): Promise<void> => rm(path, options).then(forget, () => undefined)
  return { path, remove }
}
