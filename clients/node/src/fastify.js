import { answerTo, authenticator, verifierOf } from './bearer.js'
import { Refusal } from './refusals.js'
import { Verifier } from './verifier.js'

/**
 * A plugin: `app.requireToken(wanted)` makes hooks (onRequest or preHandler), `request.auth` holds the claims.
 * Options are a verifier's settings, or `{ verifier }`.
 */
async function usher(app, { verifier: given, ...settings }) {
  const verifier = verifierOf(given ?? settings)
  app.decorateRequest('auth', null)
  app.decorate('verifier', verifier)
  app.decorate('requireToken', (wanted) => hook(authenticator(verifier, wanted)))
  app.addHook('onReady', () => verifier.start())
  if (!(given instanceof Verifier)) app.addHook('onClose', async () => verifier.close())
}

function hook(authenticate) {
  return async (request, reply) => {
    try {
      request.auth = await authenticate(request.raw)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { status, headers, body } = answerTo(error, request.id)
      return reply.code(status).headers(headers).send(body)
    }
  }
}

// What Fastify looks at so that the decorators reach the routes outside of the plugin.
usher[Symbol.for('skip-override')] = true
usher[Symbol.for('fastify.display-name')] = 'usher-verify'

export default usher
export { usher }
