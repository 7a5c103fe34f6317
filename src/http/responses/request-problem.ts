import { STATUS_CODES } from 'node:http'
import { problem, type FieldError, type Problem } from './problem-document.js'

/** Violation of a schema, as Ajv reports it. */
interface Violation {
  instancePath: string
  message?: string
  params?: { additionalProperty?: string; allowedValues?: readonly string[] }
}

/** Error of fastify about a request. */
interface RequestError extends Error {
  code?: string
  statusCode?: number
  validation?: readonly Violation[]
  validationContext?: string
}

/** Converts an error of fastify about a request into a problem; returns undefined for any other error. */
export function requestProblem(error: RequestError): Problem | undefined {
  if (error.validation !== undefined) return invalid(error)
  const { statusCode: status, code = '' } = error
  if (status === undefined || status < 400 || status > 499) {
    if (code === 'FST_ERR_HANDLER_TIMEOUT')
      return problem(504, 'timeout', 'The request took too long', 'There was no response in time.')
    return undefined
  }
  if (error instanceof SyntaxError || code === 'FST_ERR_CTP_INVALID_JSON_BODY')
    return problem(400, 'malformed-json', 'Malformed JSON', 'The body is not valid JSON.')
  const title = STATUS_CODES[status] ?? 'Bad request'
  return problem(
    status,
    title.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
    title,
    code.startsWith('FST_') ? error.message : '',
  )
}

function invalid({ validation = [], validationContext: part = 'request' }: RequestError): Problem {
  const errors = validation.map((violation): FieldError => {
    return { path: `${part}${violation.instancePath}`, message: describe(violation) }
  })
  const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ')
  return problem(400, 'validation', 'The request is not valid', detail, { errors })
}

/** Describes a violation; Ajv's messages leave out the names that are not allowed and the values that are. */
function describe({ message = 'is not valid', params = {} }: Violation): string {
  const names = [params.additionalProperty ?? params.allowedValues ?? []].flat()
  const text = message.replace('must NOT', 'must not')
  return names.length === 0 ? text : `${text}: ${names.join(', ')}`
}
