import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet from 'helmet'

// helmet itself and not @fastify/helmet, which assembles the policy again for every request.
const setHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
    },
  },
  xFrameOptions: { action: 'deny' },
  // Left to the proxy that terminates TLS: the header must not be sent over HTTP.
  strictTransportSecurity: false,
  // Headers only for browsers and plug-ins that are no longer used.
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xPoweredBy: false,
  xXssProtection: false,
})

/** Sets the security headers of every response, among them a policy that lets the page load its own files only. */
export function setSecurityHeaders(request: IncomingMessage, response: ServerResponse): void {
  setHeaders(request, response, (error) => {
    if (error instanceof Error) throw error
  })
}
