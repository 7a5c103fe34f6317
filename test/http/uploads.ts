import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { temporaryFolder, type TestService } from '../support/index.js'
import type { LoadResult } from '../../src/load/result.js'

/** Response to an upload, or to a request for a load. */
export interface UploadAnswer extends Omit<LoadResult, 'changes'> {
  changes: Change[]
  /** Members of a problem document. */
  type?: string
  title?: string
  detail?: string
  load_id?: string
  errors?: { path: string; message: string }[]
}

/** Changes of one universe by an upload. */
interface Change {
  type: string
  name: string
  count: number
  members_before: number
  added: number
  removed: number
  held: boolean
  added_symbols: string[]
  removed_symbols: string[]
}

/** Builds a form with files, by name or as paths of real ones, and fields after them. */
export function form(
  files: Readonly<Record<string, string | Buffer>> | readonly string[],
  fields: Readonly<Record<string, string>> = {},
): FormData {
  const named = Array.isArray(files)
    ? files.map((path: string) => [basename(path), readFileSync(path)] as const)
    : Object.entries(files as Record<string, string | Buffer>)
  const body = new FormData()
  for (const [name, content] of named)
    body.append('files', new Blob([new Uint8Array(Buffer.from(content))]), name)
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  return body
}

/** Uploads a form; returns status and document. */
export async function upload(
  { post }: TestService,
  body: FormData,
  init: RequestInit = {},
): Promise<{ status: number; answer: UploadAnswer }> {
  const response = await post('/api/loads', body, init)
  return { status: response.status, answer: (await response.json()) as UploadAnswer }
}

/** Sets the folder for temporary files of this process and its children; returns a function that lists its files. */
export async function watchTemporaryFiles(): Promise<() => string[]> {
  const folder = await temporaryFolder()
  process.env['TMPDIR'] = folder
  return () => readdirSync(folder)
}
