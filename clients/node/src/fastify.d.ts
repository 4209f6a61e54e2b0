import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Claims, RouteDemand, Settings, Verifier } from './index.js'

/** For `onRequest` (before the body is read) or `preHandler`. */
export type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

declare module 'fastify' {
  interface FastifyInstance {
    /** Closed with the app, unless it was handed in. */
    verifier: Verifier
    requireToken(wanted?: RouteDemand): Hook
  }
  interface FastifyRequest {
    /** Set by `requireToken`; null where an optional token was not there. */
    auth: Claims | null
  }
}

/** `await app.register(usher, { url })`, or `{ verifier }` with one that is there already. */
export const usher: FastifyPluginAsync<Settings | { verifier: Verifier }>
export default usher
