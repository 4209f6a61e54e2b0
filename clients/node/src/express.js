import { randomUUID } from 'node:crypto'
import { answerTo, authenticator, verifierOf } from './bearer.js'
import { Refusal } from './refusals.js'

/**
 * `requireToken` makes middleware for Express, and for everything else that calls (req, res, next).
 * @param {import('./verifier.js').Verifier | Record<string, any>} settings
 */
export function usher(settings) {
  const verifier = verifierOf(settings)
  verifier.start()
  return { verifier, requireToken: (wanted) => middleware(authenticator(verifier, wanted)) }
}

function middleware(authenticate) {
  return async (req, res, next) => {
    try {
      req.auth = await authenticate(req)
    } catch (error) {
      if (error instanceof Refusal) send(res, answerTo(error, req.id ?? randomUUID()))
      else next(error)
      return
    }
    next()
  }
}

function send(res, { status, headers, body }) {
  res.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) })
  res.end(body)
}
