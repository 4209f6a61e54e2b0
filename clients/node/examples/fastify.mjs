// A shop that knows its customers by Usher's tokens: node fastify.mjs
import Fastify from 'fastify'
import usher from 'usher-verify/fastify'

const app = Fastify({ forceCloseConnections: true })
await app.register(usher, {
  url: process.env.USHER_URL ?? 'http://127.0.0.1:8080',
  maxStale: Number(process.env.MAX_STALE ?? 60),
})

app.get('/orders', { onRequest: app.requireToken() }, async (request) => {
  return { user: Number(request.auth.sub), orders: [] }
})

// Somebody who is not known gets the public prices.
app.get('/prices', { onRequest: app.requireToken({ optional: true }) }, async (request) => {
  return { for: request.auth ? Number(request.auth.sub) : 'everybody' }
})

// Only straight after a login, or after POST /api/auth/fresh.
app.post('/card', { onRequest: app.requireToken({ fresh: true }) }, async () => {
  return { changed: true }
})

// The password was shown at most five minutes ago, whatever was refreshed since.
app.post('/transfer', { onRequest: app.requireToken({ maxAge: 300 }) }, async () => {
  return { transferred: true }
})

// Everything in here is for administrators.
app.register(async (stock) => {
  stock.addHook('onRequest', app.requireToken({ role: 'ADMIN' }))
  stock.get('/stock', async () => ({ stock: [], feed: app.verifier.status() }))
})

console.log(`listens on ${await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })}`)

process.once('SIGTERM', () => app.close())
