// What TypeScript has to accept, and what it has to refuse; only compiled.
import express from 'express'
import Fastify from 'fastify'
import { Refusal, RevocationSet, Verifier, type Claims, type Status } from 'usher-verify'
import { usher } from 'usher-verify/express'
import plugin from 'usher-verify/fastify'
import { TestIssuer } from 'usher-verify/testing'

const verifier = new Verifier({ url: new URL('https://usher.example'), maxStale: null, keys: { keys: [] } })
const claims: Claims = await verifier.verify('x', { fresh: true, maxAge: 60, role: 'ADMIN' })
const user: number | undefined = claims.user_id
const status: Status = verifier.status()

try {
  await verifier.verify(undefined)
} catch (error) {
  if (error instanceof Refusal && error.error === 'token_revoked')
    console.log(error.status, error.problem('1'), status, user)
}

const app = express()
const { requireToken } = usher({ url: 'https://usher.example', stream: false })
app.use(requireToken({ optional: true }))
app.get('/', requireToken(), (req, res) => res.json(req.auth?.sub))

const server = Fastify()
await server.register(plugin, { verifier })
await server.register(plugin, { url: 'https://usher.example' })
server.get('/', { onRequest: server.requireToken({ maxAge: 5 }) }, async (request) => request.auth?.sub)
server.get('/pre', { preHandler: server.requireToken() }, async (request) => request.auth?.sub)

const issuer = new TestIssuer()
new Verifier({ keys: issuer.jwks, maxStale: null })
const token: string = issuer.token({ user: 7, fresh: false })
await verifier.verify(token)

const set = new RevocationSet({ clock: { wall: () => 0, steady: () => 0 } })
set.add({ iat: 0, seq: 0, from: 0, keep: 0, sessions: [], users: {} })

// @ts-expect-error a typing error
new Verifier({ uri: 'https://usher.example' })
// @ts-expect-error claims are nobody's to change
claims.role = 'ADMIN'
// @ts-expect-error no such role
requireToken({ role: 'ROOT' })
// @ts-expect-error text, not seconds
requireToken({ maxAge: '60' })
