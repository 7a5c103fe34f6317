import type { ProblemDocument } from '../documents/problem.js'

const KEY = 'universes-key'

/** Asks the user for a key; resolves with undefined if the user has none. */
export type AskForKey = (reason: string) => Promise<string | undefined>

/** A problem document as the page reads it: a proxy may have sent something else. */
export type Problem = Partial<ProblemDocument> & Readonly<Record<string, unknown>>

/** A request that failed. Status 0: the service did not answer; -1: the page did not send the request. */
export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title ?? `status ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.problem = problem
  }
}

let askForKey: AskForKey = () => Promise.resolve(undefined)
let asking: Promise<string | undefined> | undefined
/** True once the user has dismissed the question: it is not asked again until newKey(). */
let refused = false

/** Sets the function that asks for a key. */
export function keyFrom(ask: AskForKey): void {
  askForKey = ask
}

/** Asks for a key even if none is needed; true if the user gave one. */
export async function newKey(reason: string): Promise<boolean> {
  refused = false
  return (await ask(reason)) !== undefined
}

/** Calls the service with the key of this tab, and asks for a key if the service requires one. Throws ApiError. */
export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    const key = sessionStorage.getItem(KEY)
    const response = await send(path, init, key)
    if (response.ok) return response
    const problem = await problemOf(response)
    if (response.status !== 401 || refused) throw new ApiError(response.status, problem)
    // Another call may have stored a key in the meantime.
    if (sessionStorage.getItem(KEY) !== key) continue
    const reason = key === null ? '' : 'The service does not accept the key of this tab.'
    if ((await ask(reason)) === undefined) throw new ApiError(401, problem)
  }
}

/** Returns the document at a path. */
export async function get<Document>(path: string, signal?: AbortSignal): Promise<Document> {
  return (await (await call(path, signal ? { signal } : {})).json()) as Document
}

/** Sends JSON and returns the response document. */
export async function post<Document>(path: string, body: object): Promise<Document> {
  const response = await call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await response.json()) as Document
}

/** Builds a path of the API from parts, each of them escaped. */
export function path(...parts: string[]): string {
  return `/${parts.map(encodeURIComponent).join('/')}`
}

async function send(path: string, init: RequestInit, key: string | null): Promise<Response> {
  const headers = new Headers(init.headers)
  if (key !== null) headers.set('x-api-key', key)
  try {
    return await fetch(path, { ...init, headers, credentials: 'omit', redirect: 'error' })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new ApiError(0, { title: 'No answer', detail: 'The service does not answer.' })
  }
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem
  } catch {
    return { title: response.statusText, status: response.status }
  }
}

async function ask(reason: string): Promise<string | undefined> {
  asking ??= askForKey(reason).finally(() => (asking = undefined))
  const key = await asking
  if (key === undefined) refused = true
  else sessionStorage.setItem(KEY, key)
  return key
}
