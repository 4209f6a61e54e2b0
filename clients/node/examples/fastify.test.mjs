import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import usher from 'usher-verify/fastify'
import { TestIssuer } from 'usher-verify/testing'

test('orders are for those who are logged in', async () => {
  const issuer = new TestIssuer()
  const app = Fastify()
  await app.register(usher, { keys: issuer.jwks, maxStale: null })
  app.get('/orders', { onRequest: app.requireToken() }, async (request) => ({ user: Number(request.auth.sub) }))
  const url = await app.listen({ port: 0, host: '127.0.0.1' })

  const token = issuer.token({ user: 7, fresh: false })
  const answer = await fetch(`${url}/orders`, { headers: { Authorization: `Bearer ${token}`, Connection: 'close' } })
  assert.deepEqual(await answer.json(), { user: 7 })
  await app.close()
})
