import type { FileProblem as Stored } from '../documents/loads.js'

/** Reason for which a file is refused, as stored in load_runs.files: the problem, its place and the remedy. */
export type Problem = { [Name in keyof Stored]: Stored[Name] | undefined } & { message: string }

/** Thrown while a file is read: this file is refused, the others are loaded. */
export class FileProblem extends Error {
  readonly problem: Problem
  /** Offset of the problem in the (decompressed) bytes, if the line is not known yet. */
  readonly offset: number | undefined

  constructor(problem: Problem, offset?: number) {
    super(problem.message)
    this.name = 'FileProblem'
    this.problem = problem
    this.offset = offset
  }
}

/** Translates an error of the file system or of zlib; undefined for any other error. */
export function readProblem(thrown: unknown): Problem | undefined {
  if (!(thrown instanceof Error)) return undefined
  const { code } = thrown as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR')
    return { message: 'the gzip data ends early', remedy: 'Download or compress the file again.' }
  if (code?.startsWith('Z_')) {
    return {
      message: `the gzip data is damaged (${thrown.message})`,
      remedy: 'Download or compress the file again.',
    }
  }
  // Listed one by one, because a broken connection has a code, too.
  if (!['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'ELOOP', 'EIO'].includes(code ?? ''))
    return undefined
  return { message: `the file cannot be read (${code})`, remedy: 'Check that it exists and its permissions.' }
}
