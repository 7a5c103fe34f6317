import { mkdtemp, rm } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopOnExit } from '../../operations/stop-on-exit.js'

/** Folder for the files of one upload, accessible to this user only. */
export interface UploadFolder {
  path: string
  /** Removes the folder with all its files. */
  remove(this: void): Promise<void>
}

/** Creates a folder. It is removed when the process ends at the latest, except by SIGKILL. */
export async function uploadFolder(): Promise<UploadFolder> {
  const options = { recursive: true, force: true, maxRetries: 3 }
  // mkdtemp sets mode 0700 whatever the umask is.
  const path = await mkdtemp(join(tmpdir(), 'pg-universes-upload-'))
  const forget = stopOnExit(() => rmSync(path, options))
  // A failure does not concern the upload: the end of the process removes what is left.
  const remove = (): Promise<void> => rm(path, options).then(forget, () => undefined)
  return { path, remove }
}
