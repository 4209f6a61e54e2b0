// A service of somebody else's, in Fastify: orders_fastify.mjs CLIENT_FOLDER USHER_URL MAX_STALE. Prints its URL.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [clients, url, maxStale] = process.argv.slice(2)
const fastify = createRequire(`${clients}/`)('fastify')
const { usher } = await import(pathToFileURL(`${clients}/src/fastify.js`))

const app = fastify()
await app.register(usher, { url, maxStale: Number(maxStale) })
app.get('/orders', { onRequest: app.requireToken() }, async (request) => ({ user: request.auth.sub }))
app.get('/status', async () => ({ streaming: app.verifier.status().streaming }))

console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
