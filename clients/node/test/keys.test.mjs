import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Verifier } from 'usher-verify'
import { StandIn, accessToken, makeKey, offsetClock, slugOf, until } from './support/stand-in.mjs'

describe('the key set', () => {
  let usher
  let clock
  let verifier
  const make = (more) =>
    new Verifier({ url: usher.url, maxStale: null, stream: false, pollEvery: 1000, clock, ...more })

  beforeEach(async () => {
    usher = await StandIn.start()
    clock = offsetClock()
    verifier = make()
  })
  afterEach(async () => {
    verifier.close()
    await usher.stop()
  })

  it('is fetched once for however many wait, and then kept', async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, () => usher.token()))
    await Promise.all(tokens.map((token) => verifier.verify(token)))
    assert.equal(usher.asked.keys, 1)
    clock.pass(200)
    await verifier.verify(tokens[0])
    assert.equal(usher.asked.keys, 1)
  })

  it('is asked for again ahead of its end, while the old one serves', async () => {
    const token = await usher.token()
    await verifier.verify(token)
    clock.pass(250)
    await verifier.verify(token)
    await until(() => usher.asked.keys === 2)
    clock.pass(60)
    await verifier.verify(token)
    assert.equal(usher.asked.keys, 2)
  })

  it('is waited for when it may no longer be used: a key that was dropped is not believed', async () => {
    const old = usher.key
    const token = await usher.token()
    await verifier.verify(token)
    usher.keys = [(usher.key = await makeKey())]
    clock.pass(301)
    assert.equal(await slugOf(verifier.verify(token)), 'token_signature_invalid')
    assert.equal(await slugOf(verifier.verify(await accessToken(old))), 'token_signature_invalid')
    assert.equal(await slugOf(verifier.verify(await usher.token())), 'none')
  })

  it('that is the same is not sent again', async () => {
    const token = await usher.token()
    await verifier.verify(token)
    clock.pass(301)
    let status
    usher.instead.keys = (req, res) => {
      assert.ok(req.headers['if-none-match'])
      res.writeHead((status = 304)).end()
    }
    assert.equal(await slugOf(verifier.verify(token)), 'none')
    assert.equal(status, 304)
  })

  it('with another key is seen when a token names it', async () => {
    await verifier.verify(await usher.token())
    usher.keys = [(usher.key = await makeKey('EdDSA')), ...usher.keys]
    clock.pass(5)
    assert.equal(await slugOf(verifier.verify(await usher.token())), 'none')
    assert.equal(usher.asked.keys, 2)
  })

  it('is not fetched for every unknown key, however many there are', async () => {
    const token = await usher.token()
    await verifier.verify(token)
    clock.pass(5)
    const unknown = await Promise.all(Array.from({ length: 200 }, (_, i) => usher.token({}, { kid: `kid-${i % 100}` })))
    const slugs = await Promise.all(unknown.map((one) => slugOf(verifier.verify(one))))
    assert.deepEqual(new Set(slugs), new Set(['token_signature_invalid']))
    assert.equal(usher.asked.keys, 2)
    clock.pass(5)
    await slugOf(verifier.verify(unknown[0]))
    clock.pass(5)
    await slugOf(verifier.verify(unknown[0]))
    assert.ok(usher.asked.keys <= 3)
    clock.pass(70)
    await slugOf(verifier.verify(unknown[0]))
    assert.ok(usher.asked.keys <= 4)
    assert.equal(await slugOf(verifier.verify(token)), 'none')
  })

  it('stays as it was when a fetch fails, and an unknown key is then nobody’s fault', async () => {
    usher.keep = 10_000
    const token = await usher.token({ exp: Math.floor(Date.now() / 1000) + 10_000 })
    await verifier.verify(token)
    const answers = [
      (req, res) => res.writeHead(500).end(),
      (req, res) => res.writeHead(200).end('<html>'),
      (req, res) => res.writeHead(200).end('{"keys":7}'),
      (req, res) => res.writeHead(200).end('null'),
      (req, res) => res.writeHead(200).end(JSON.stringify({ keys: Array(101).fill(usher.key.jwk) })),
      (req, res) => res.writeHead(302, { Location: `${usher.url}/.well-known/jwks.json` }).end(),
      (req, res) => res.writeHead(200, { 'Content-Length': 1000 }).end('{"keys":[') && res.destroy(),
      (req, res) => res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000, 32))),
      (req, res) => req.socket.destroy(),
    ]
    for (const answer of answers) {
      usher.instead.keys = answer
      clock.pass(301)
      const before = usher.asked.keys
      assert.equal(await slugOf(verifier.verify(token)), 'none')
      assert.equal(await slugOf(verifier.verify(await usher.token({}, { kid: 'new' }))), 'keys_unavailable')
      assert.ok(usher.asked.keys > before, answer)
    }
    usher.instead = {}
    clock.pass(6)
    assert.equal(await slugOf(verifier.verify(await usher.token({}, { kid: 'new' }))), 'token_signature_invalid')
  })

  it('that never comes makes nobody wait twice', async () => {
    const token = await usher.token()
    verifier.close()
    verifier = make({ httpTimeout: 1 })
    await verifier.verify(token)
    usher.instead.keys = () => {}
    clock.pass(301)
    assert.equal(await slugOf(verifier.verify(token)), 'none')
    clock.pass(10)
    const before = performance.now()
    assert.equal(await slugOf(verifier.verify(token)), 'none')
    assert.ok(performance.now() - before < 500)
  })

  it('that was never had is 503, until it comes', async () => {
    usher.instead.keys = (req, res) => res.writeHead(503).end()
    verifier.close()
    verifier = make({ startWait: 0.1 })
    const token = await usher.token()
    assert.equal(await slugOf(verifier.verify(token)), 'keys_unavailable')
    usher.instead = {}
    clock.pass(1)
    await until(async () => (await slugOf(verifier.verify(token))) === 'none')
  })

  it('may hold what is not for us', async () => {
    const { jwk } = usher.key
    usher.instead.keys = (req, res) =>
      res.writeHead(200).end(
        JSON.stringify({
          keys: [
            null,
            7,
            {},
            { kty: 'oct', kid: 'h', k: 'A'.repeat(43) },
            { ...jwk, kid: 7 },
            { ...jwk, kid: 'enc', use: 'enc' },
            { ...jwk, kid: 'alg', alg: 'ES384' },
            { ...jwk, kid: 'bad', x: 'AAAA' },
            jwk,
          ],
        }),
      )
    assert.equal(await slugOf(verifier.verify(await usher.token())), 'none')
    for (const kid of ['h', 'enc', 'alg', 'bad']) {
      assert.equal(await slugOf(verifier.verify(await usher.token({}, { kid }))), 'token_signature_invalid')
    }
  })

  it('lives as long as Cache-Control says, within bounds', async () => {
    const token = await usher.token()
    for (const [control, alive, over] of [
      ['max-age=0', 3, 6],
      ['no-store', 3, 6],
      [undefined, 230, 301],
      ['public, max-age=20', 15, 21],
      ['max-age=999999999', 2800, 3601],
    ]) {
      usher.instead.keys = (req, res) => {
        if (control) res.setHeader('Cache-Control', control)
        res.writeHead(200).end(JSON.stringify({ keys: [usher.key.jwk] }))
      }
      const mine = make()
      await mine.verify(token)
      const first = usher.asked.keys
      clock.pass(alive)
      await slugOf(mine.verify(token))
      assert.equal(usher.asked.keys, first, control)
      clock.pass(over - alive)
      await slugOf(mine.verify(token))
      assert.equal(usher.asked.keys, first + 1, control)
      clock.pass(-over)
      mine.close()
    }
  })
})
