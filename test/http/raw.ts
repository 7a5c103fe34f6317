import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'

/** An answer, as it came over the wire. */
export interface RawResponse {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** Sends a request with headers that fetch would not let us state: Host, Origin, Sec-Fetch-Site. */
export async function rawRequest(
  url: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<RawResponse> {
  const { method = 'GET', headers = {}, body = '' } = options
  return new Promise((done, failed) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      )
    })
    sent.on('error', failed)
    sent.end(body)
  })
}

/** Opens a connection, sends `text` and nothing more, and returns everything that comes until the server ends it. */
export async function rawText(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((done, failed) => {
    let answer = ''
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(text))
    socket.setEncoding('utf8').on('data', (part: string) => (answer += part))
    socket.once('error', failed)
    socket.once('close', () => done(answer))
  })
}

/** The problem document of an answer. */
export interface ProblemBody {
  type: string
  title: string
  status: number
  detail?: string
  instance: string
  hint?: string
  code?: string
  errors?: { path: string; message: string }[]
  [member: string]: unknown
}

/** Reads the problem document of an answer; fails when it is none. */
export async function problemOf(response: Response): Promise<ProblemBody> {
  const type = response.headers.get('content-type')
  if (type?.startsWith('application/problem+json') !== true)
    throw new Error(`no problem document: ${response.status} ${type}: ${await response.text()}`)
  return (await response.json()) as ProblemBody
}
