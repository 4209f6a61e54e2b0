// The examples, run as they are, against a stand-in for Usher; and what the two front ends do beyond them.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import { Verifier } from 'usher-verify'
import { usher as express } from 'usher-verify/express'
import fastify from 'usher-verify/fastify'
import { StandIn, seconds, until } from './support/stand-in.mjs'

let usher
before(async () => (usher = await StandIn.start()))
after(() => usher.stop())

const bearer = (token) => ({ Authorization: `Bearer ${token}` })

/** Starts an example as a process of its own and hands back its URL. */
async function run(name) {
  const file = fileURLToPath(new URL(`../examples/${name}.mjs`, import.meta.url))
  const child = spawn(process.execPath, [file], { env: { ...process.env, USHER_URL: usher.url, PORT: '0' } })
  let text = ''
  child.stderr.on('data', (chunk) => (text += chunk))
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      text += chunk
      const match = /listens on (\S+)/.exec(text)
      if (match) resolve(match[1])
    })
    child.on('close', () => reject(new Error(text)))
  })
  return { url, child }
}

for (const name of ['express', 'fastify']) {
  describe(`the example for ${name}`, () => {
    let shop
    before(async () => (shop = await run(name)))
    after(() => shop.child.kill('SIGKILL'))
    const get = (path, headers) => fetch(shop.url + path, { headers })
    const post = (path, headers) => fetch(shop.url + path, { method: 'POST', headers })

    it('knows whose token it is', async () => {
      const answer = await get('/orders', bearer(await usher.token({ sub: '42', user_id: 42 })))
      assert.deepEqual([answer.status, await answer.json()], [200, { user: 42, orders: [] }])
    })

    it('answers problems in the shape of Usher’s own', async () => {
      const answer = await get('/orders')
      assert.equal(answer.status, 401)
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
      assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8')
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      const { instance, ...problem } = await answer.json()
      assert.match(instance, /^urn:request:./)
      const detail = 'Send an access token as Authorization: Bearer.'
      assert.deepEqual(problem, {
        type: 'urn:usher:problem:token_missing',
        title: 'Token missing',
        status: 401,
        detail,
        error: 'token_missing',
        code: 401,
        message: 'Token missing',
        errors: detail,
      })
    })

    it('reads the Authorization field to the letter', async () => {
      const token = await usher.token()
      for (const [value, status] of [
        [`bearer ${token}`, 200],
        [`BEARER ${token}`, 200],
        [`Bearer  ${token}`, 401],
        [`Bearer ${token} x`, 401],
        [`Bearer "${token}"`, 401],
        [`Bearer: ${token}`, 401],
        [token, 401],
        ['Bearer', 401],
        ['Basic dTpw', 401],
        [`Bearer ${token},${token}`, 401],
        ['Bearer a.b.c', 422],
      ]) {
        const answer = await get('/orders', { Authorization: value })
        assert.equal(answer.status, status, value.slice(0, 20))
        if (status === 401) assert.match(answer.headers.get('www-authenticate'), /error="invalid_request"/)
      }
    })

    it('refuses a request with two of them', async () => {
      const token = await usher.token()
      const { port } = new URL(shop.url)
      const socket = connect(Number(port), '127.0.0.1')
      const field = `Authorization: Bearer ${token}\r\n`
      socket.write(`GET /orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${field}${field}\r\n`)
      const [chunk] = await once(socket, 'data')
      socket.destroy()
      assert.match(chunk.toString(), /^HTTP\/1.1 401[^]*authorization_malformed/)
    })

    it('lets somebody without a token pass where that is allowed, but nobody with a bad one', async () => {
      assert.deepEqual(await (await get('/prices')).json(), { for: 'everybody' })
      assert.deepEqual(await (await get('/prices', bearer(await usher.token()))).json(), { for: 7 })
      assert.equal((await get('/prices', bearer(await usher.token({ exp: 1 })))).status, 401)
    })

    it('asks for a fresh token, and for a password shown lately', async () => {
      const stale = await usher.token({ fresh: false, auth_time: seconds() - 400 })
      const fresh = await usher.token()
      assert.equal((await post('/card', bearer(fresh))).status, 200)
      assert.equal((await post('/transfer', bearer(fresh))).status, 200)
      const card = await post('/card', bearer(stale))
      assert.deepEqual([card.status, (await card.json()).error], [401, 'token_not_fresh'])
      assert.match(card.headers.get('www-authenticate'), /error="insufficient_user_authentication".*max_age="0"/)
      const transfer = await post('/transfer', bearer(stale))
      assert.deepEqual([transfer.status, (await transfer.json()).error], [401, 'authentication_too_old'])
      assert.match(transfer.headers.get('www-authenticate'), /error="insufficient_user_authentication".*max_age="300"/)
    })

    it('has something for administrators only', async () => {
      const answer = await get('/stock', bearer(await usher.token()))
      assert.deepEqual([answer.status, (await answer.json()).error], [403, 'admin_only'])
      const admin = await get('/stock', bearer(await usher.token({ role: 'ADMIN' })))
      assert.equal((await admin.json()).feed.refusedStatements, 0)
    })

    it('sees a logout', async () => {
      const sid = randomUUID()
      const token = await usher.token({ sid })
      assert.equal((await get('/orders', bearer(token))).status, 200)
      await usher.revoke({ sid })
      await until(async () => (await get('/orders', bearer(token))).status === 401, 'the end')
      assert.equal((await (await get('/orders', bearer(token))).json()).error, 'token_revoked')
    })

    it('ends when it is told to', async () => {
      shop.child.kill('SIGTERM')
      const [status] = await once(shop.child, 'close')
      assert.equal(status, 0)
    })
  })
}

describe('middleware', () => {
  it('serves plain Node too, shares a verifier, and hands faults on', async () => {
    const verifier = new Verifier({ url: usher.url })
    const { requireToken } = express(verifier)
    const guard = requireToken()
    const faults = []
    const server = createServer((req, res) =>
      guard(req, res, (error) => {
        if (error) faults.push(error)
        res.end(req.auth?.sub)
      }),
    )
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${server.address().port}`
    const token = await usher.token()
    assert.equal(await (await fetch(url, { headers: bearer(token) })).text(), '7')
    verifier.close()
    assert.equal(await (await fetch(url, { headers: bearer(token) })).text(), '')
    assert.match(faults[0].message, /closed/)
    server.close()
    server.closeAllConnections()
  })

  it('with a typing error does not start', () => {
    const { requireToken, verifier } = express({ url: usher.url })
    assert.throws(() => requireToken({ freshh: true }), TypeError)
    assert.throws(() => express({ uri: usher.url }), TypeError)
    verifier.close()
  })
})

describe('the plugin', () => {
  /** A listening app with one route that wants a token and one that does not. */
  async function listening(options, hook = 'onRequest') {
    const app = Fastify()
    await app.register(fastify, options)
    app.get('/me', { [hook]: app.requireToken() }, async (request) => ({ sub: request.auth.sub }))
    app.get('/open', async (request) => ({ auth: request.auth }))
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    return {
      app,
      get: async (path) => fetch(url + path, { headers: { ...bearer(await usher.token()), Connection: 'close' } }),
    }
  }

  it('reaches routes outside of it, works as preHandler, and closes what it made', async () => {
    const { app, get } = await listening({ url: usher.url }, 'preHandler')
    assert.deepEqual(await (await get('/me')).json(), { sub: '7' })
    assert.deepEqual(await (await get('/open')).json(), { auth: null })
    await app.close()
    await assert.rejects(app.verifier.verify('x'), /closed/)
  })

  it('leaves a verifier open that was handed in, and reports faults as such', async () => {
    const verifier = new Verifier({ url: usher.url })
    const { app } = await listening({ verifier })
    await app.close()
    assert.equal((await verifier.verify(await usher.token())).sub, '7')
    const broken = await listening({ verifier })
    verifier.close()
    assert.equal((await broken.get('/me')).status, 500)
    await broken.app.close()
  })
})
