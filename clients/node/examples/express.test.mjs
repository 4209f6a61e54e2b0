import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import express from 'express'
import { usher } from 'usher-verify/express'
import { TestIssuer } from 'usher-verify/testing'

test('orders are for those who are logged in', async () => {
  const issuer = new TestIssuer()
  const { requireToken } = usher({ keys: issuer.jwks, maxStale: null })
  const app = express()
  app.get('/orders', requireToken(), (req, res) => res.json({ user: Number(req.auth.sub) }))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}/orders`

  const token = issuer.token({ user: 7, fresh: false })
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}`, Connection: 'close' } })
  assert.deepEqual(await answer.json(), { user: 7 })
  server.close()
})
