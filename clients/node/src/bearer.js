// What Express and Fastify have in common: from a request to the claims of its token.
import { Refusal } from './refusals.js'
import { demandOf } from './settings.js'
import { Verifier } from './verifier.js'

/** RFC 6750 section 2.1; the scheme's case does not matter (RFC 9110 section 11.1). */
const bearer = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i
const TOKEN_MAX = 8 * 1024
const FIELD = 'authorization'

/** @param {Verifier | Record<string, any>} given a verifier, or the settings for one */
export function verifierOf(given) {
  return given instanceof Verifier ? given : new Verifier(given)
}

/**
 * A function from a request of Node's HTTP to the claims of its token: null where `optional` lets one without a token
 * through. It rejects with a Refusal.
 * @param {Verifier} verifier
 * @param {{ fresh?: boolean, maxAge?: number, role?: string, optional?: boolean }} [wanted]
 */
export function authenticator(verifier, wanted) {
  const { optional = false, ...demand } = demandOf(wanted)
  return async (request) => {
    const fields = authorizationsOf(request)
    if (fields.length === 0 && optional) return null
    if (fields.length === 0) throw new Refusal('token_missing')
    const token = fields.length === 1 ? bearer.exec(fields[0])?.[1] : undefined
    if (token === undefined || token.length > TOKEN_MAX) throw new Refusal('authorization_malformed')
    return verifier.verify(token, demand)
  }
}

/** Node hands out the first of several; a request with two of them means two things. */
function authorizationsOf({ headers, rawHeaders = [] }) {
  const found = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i].length === FIELD.length && rawHeaders[i].toLowerCase() === FIELD) found.push(rawHeaders[i + 1])
  }
  return found.length === 0 && headers[FIELD] !== undefined ? [headers[FIELD]] : found
}

/** The answer to a request that is refused. */
export function answerTo(refusal, requestId) {
  return {
    status: refusal.status,
    headers: {
      ...refusal.headers,
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Cache-Control': 'no-store',
    },
    body: JSON.stringify(refusal.problem(requestId)),
  }
}
