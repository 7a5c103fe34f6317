import { STATUS_CODES } from 'node:http'
import { problem, type FieldError, type Problem } from './problem-document.js'

/** A rule of a schema that a value does not follow. */
interface Violation {
  keyword: string
  schemaPath: string
  instancePath: string
  message?: string
  params?: Record<string, unknown>
}

/** What fastify found wrong with a request. */
interface RequestError extends Error {
  code?: string
  statusCode?: number
  validation?: readonly Violation[]
  validationContext?: string
}

/** A request that fastify refused, as a problem; undefined for any other error. */
export function requestProblem(error: RequestError): Problem | undefined {
  if (error.validation !== undefined) return invalid(error)
  const { statusCode: status, code = '' } = error
  if (status === undefined || status < 400 || status > 499) {
    if (code === 'FST_ERR_HANDLER_TIMEOUT')
      return problem(504, 'timeout', 'Took too long', 'There was no answer in time.')
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
  const errors: FieldError[] = []
  let branchesOf: string | undefined
  for (const violation of validation) {
    const { keyword, schemaPath, instancePath } = violation
    // Both only repeat what others say.
    if (keyword === 'boolean' || keyword === 'anyOf') continue
    const path = `${part}${instancePath}`
    const message = describe(violation)
    const branches = /^(.*)\/anyOf\/\d+$/.exec(schemaPath)?.[1]
    const last = errors.at(-1)
    if (branches !== undefined && branches === branchesOf && last?.path === path)
      last.message += ` or ${message}`
    else errors.push({ path, message })
    branchesOf = branches
  }
  const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ')
  return problem(400, 'validation', 'The request is not valid', detail, { errors })
}

function describe({ keyword, message = 'is not valid', params = {} }: Violation): string {
  if (keyword === 'const') return `must be ${JSON.stringify(params['allowedValue'])}`
  const names = params['additionalProperties'] ?? params['allowedValues']
  return Array.isArray(names) ? `${message}: ${names.join(', ')}` : message
}
