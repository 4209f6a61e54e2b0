import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Verifier } from 'usher-verify'
import { StandIn, makeKey, offsetClock, slugOf, until } from './support/stand-in.mjs'

describe('the feed', () => {
  let usher
  let clock
  let verifiers
  const make = (more) => {
    const verifier = new Verifier({ url: usher.url, clock, pollEvery: 0.1, ...more })
    verifiers.push(verifier)
    return verifier
  }
  const streaming = (verifier) => until(() => verifier.status().streaming, 'the stream')
  const live = async (more) => {
    const verifier = make(more)
    await verifier.start()
    usher.skew += 1 // a statement of the same second is no news
    clock.wallBy += 1
    await until(() => usher.listeners.size > 0)
    await usher.beat()
    await streaming(verifier)
    return verifier
  }

  beforeEach(async () => {
    usher = await StandIn.start()
    clock = offsetClock()
    verifiers = []
  })
  afterEach(async () => {
    for (const verifier of verifiers) verifier.close()
    await usher.stop().catch(() => {})
  })

  it('tells of what was revoked before the start', async () => {
    const sid = randomUUID()
    await usher.revoke({ sid }, { sub: '8', gen: 3 })
    const verifier = make()
    assert.equal(await slugOf(verifier.verify(await usher.token({ sid }))), 'token_revoked')
    assert.equal(await slugOf(verifier.verify(await usher.token({ sub: '8', gen: 2 }))), 'token_revoked')
    assert.equal(await slugOf(verifier.verify(await usher.token({ sub: '8', gen: 3 }))), 'none')
    const { have, heard, age, entries, refusedStatements, lastError } = verifier.status()
    assert.deepEqual([have, entries, refusedStatements, lastError], [2, 2, 0, null])
    assert.ok(heard > 0 && age < 3)
  })

  it('kills a token that is in use, at once by the stream', async () => {
    const verifier = await live()
    const sid = randomUUID()
    const token = await usher.token({ sid })
    assert.equal(await slugOf(verifier.verify(token)), 'none')
    const asked = usher.asked.feed
    await usher.revoke({ sid })
    await until(async () => (await slugOf(verifier.verify(token))) === 'token_revoked')
    assert.equal(usher.asked.feed, asked)
  })

  it('does without the stream', async () => {
    const verifier = make({ stream: false })
    const sid = randomUUID()
    const token = await usher.token({ sid })
    assert.equal(await slugOf(verifier.verify(token)), 'none')
    await usher.revoke({ sid })
    await until(async () => (await slugOf(verifier.verify(token))) === 'token_revoked', 'the poll')
    assert.equal(usher.asked.stream, 0)
    assert.equal(verifier.status().streaming, false)
  })

  it('is asked while the stream is cut, and resumed where it was', async () => {
    const verifier = await live()
    await usher.revoke({ sub: '1', gen: 1 })
    await until(() => verifier.status().have === 1)
    usher.instead.stream = (req, res) => res.writeHead(502).end()
    for (const res of usher.listeners) res.destroy()
    await until(() => !verifier.status().streaming)
    const sid = randomUUID()
    await usher.revoke({ sid })
    await until(async () => (await slugOf(verifier.verify(await usher.token({ sid })))) === 'token_revoked', 'the poll')
    usher.instead = {}
    await until(() => usher.listeners.size === 1)
    assert.equal(usher.lastEventIds.at(-1), '2')
  })

  it('that lost a statement is asked for it', async () => {
    const verifier = await live()
    const [lost, next] = [randomUUID(), randomUUID()]
    const { listeners } = usher
    usher.listeners = new Set()
    await usher.revoke({ sid: lost })
    usher.listeners = listeners
    await usher.revoke({ sid: next })
    await until(async () => (await slugOf(verifier.verify(await usher.token({ sid: lost })))) === 'token_revoked')
    assert.equal(verifier.status().have, 2)
  })

  it('that cannot be reached leaves tokens good for maxStale and then answers 503; dead ones stay dead', async () => {
    const sid = randomUUID()
    await usher.revoke({ sid })
    const verifier = make({ maxStale: 20 })
    const [good, dead] = [await usher.token(), await usher.token({ sid })]
    assert.equal(await slugOf(verifier.verify(good)), 'none')
    await usher.stop()
    clock.pass(15)
    assert.equal(await slugOf(verifier.verify(good)), 'none')
    clock.pass(10)
    assert.equal(await slugOf(verifier.verify(good)), 'revocations_stale')
    assert.equal(await slugOf(verifier.verify(dead)), 'token_revoked')
    clock.pass(-25)
    await usher.listen(usher.port)
    await until(async () => (await slugOf(verifier.verify(good))) === 'none')
  })

  it('that was never reached is 503, or nothing where nobody wants it', async () => {
    usher.instead.feed = usher.instead.stream = (req, res) => res.writeHead(404).end()
    const token = await usher.token()
    assert.equal(await slugOf(make({ startWait: 0.2 }).verify(token)), 'revocations_stale')
    assert.equal(await slugOf(make({ startWait: 0.2, maxStale: null }).verify(token)), 'none')
  })

  it('refuses a token that lives longer than the feed remembers', async () => {
    const verifier = make()
    const now = Math.floor(Date.now() / 1000)
    assert.equal(await slugOf(verifier.verify(await usher.token({ iat: now, exp: now + 990 }))), 'none')
    assert.equal(await slugOf(verifier.verify(await usher.token({ iat: now, exp: now + 991 }))), 'token_revoked')
  })

  it('revives no dead token when the clock is set back', async () => {
    const sid = randomUUID()
    await usher.revoke({ sid })
    const verifier = make({ startWait: 1 })
    const token = await usher.token({ sid })
    assert.equal(await slugOf(verifier.verify(token)), 'token_revoked')
    await usher.stop()
    clock.pass(1100)
    assert.equal(await slugOf(verifier.verify(token)), 'token_expired')
    clock.wallBy -= 1050
    assert.equal(await slugOf(verifier.verify(token)), 'token_expired')
  })

  it('is signed; anything else is dropped, counted and changes nothing', async () => {
    const verifier = await live()
    const stranger = await makeKey()
    const sid = randomUUID()
    usher.log.push({ seq: 1, sid })
    usher.seq = 1
    const good = await usher.signed(0)
    const [header, payload, signature] = good.split('.')
    const forged = [
      await usher.signed(0, {}, stranger),
      await usher.signed(0, {}, { ...stranger, kid: usher.key.kid }),
      `${header}.${Buffer.from(JSON.stringify(usher.statementOf(0))).toString('base64url')}x.${signature}`,
      `${header}.${payload}.`,
      good.slice(0, -5),
      good.slice(0, 40),
      '',
      '..',
      'x',
      '{"seq":1}',
      await usher.signed(0, {}, usher.key, { typ: 'at+jwt' }),
      await usher.signed(0, {}, usher.key, { typ: undefined }),
      ...(await Promise.all(
        [
          { iss: 'else' },
          { aud: 'shop' },
          { aud: ['revocations'] },
          { type: 'access' },
          { seq: '1' },
          { seq: -1 },
          { seq: null },
          { from: 2 },
          { keep: 'x' },
          { iat: 1.5 },
          { sessions: {} },
          { sessions: [7] },
          { users: [] },
          { users: { 7: 'x' } },
          { users: null },
        ].map((change) => usher.signed(0, change)),
      )),
    ]
    const { have, entries } = verifier.status()
    for (const statement of forged.filter((text) => text !== '')) usher.say(statement, 99)
    await until(() => verifier.status().refusedStatements === forged.length - 1)
    assert.deepEqual([verifier.status().have, verifier.status().entries], [have, entries])
    assert.match(verifier.status().lastError, /not sign/)
    assert.equal(await slugOf(verifier.verify(await usher.token({ sid }))), 'none')
    usher.say(good, 1)
    await until(() => verifier.status().have === 1)
  })

  it('answers that are none leave the set as it was', async () => {
    const verifier = make({ stream: false, httpTimeout: 0.3, maxStale: 20 })
    const token = await usher.token()
    assert.equal(await slugOf(verifier.verify(token)), 'none')
    const old = await usher.signed(0)
    const answers = [
      (req, res) => res.writeHead(500).end(),
      (req, res) => res.writeHead(200).end(''),
      (req, res) => res.writeHead(200).end('<html>'),
      (req, res) => res.writeHead(200, { 'Content-Length': 5000 }).end(old) && res.destroy(),
      (req, res) => res.writeHead(204).end(),
      (req, res) => res.writeHead(307, { Location: '/elsewhere' }).end(),
      () => {},
      (req) => req.socket.destroy(),
      (req, res) => res.writeHead(200, { 'Content-Encoding': 'gzip' }).end('not gzip'),
      (req, res) => res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(70_000_000, 65))),
      (req, res) => res.writeHead(200).end(old),
    ]
    for (const answer of answers) {
      const asked = usher.asked.feed
      usher.instead.feed = answer
      await until(() => usher.asked.feed >= asked + 2, String(answer))
      assert.equal(await slugOf(verifier.verify(token)), 'none', String(answer))
      assert.equal(verifier.status().entries, 0)
    }
    clock.pass(25)
    assert.equal(await slugOf(verifier.verify(token)), 'revocations_stale')
  })

  it('is read when it comes gzipped', async () => {
    const sid = randomUUID()
    await usher.revoke({ sid })
    usher.instead.feed = async (req, res) => {
      assert.match(req.headers['accept-encoding'], /gzip/)
      res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(await usher.signed(0)))
    }
    assert.equal(await slugOf(make({ stream: false }).verify(await usher.token({ sid }))), 'token_revoked')
  })

  it('that only repeats itself, or drips, is asked and grows old', async () => {
    const old = await usher.signed(0)
    usher.instead.stream = (req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' })
      const drip = setInterval(() => res.write(`:\nid: 0\nevent: revocations\ndata: ${old}\n\n`), 20)
      res.on('close', () => clearInterval(drip))
    }
    const verifier = make({ maxStale: 20 })
    const token = await usher.token()
    assert.equal(await slugOf(verifier.verify(token)), 'none')
    usher.instead.feed = (req, res) => res.writeHead(200).end(old)
    const asked = usher.asked.feed
    await until(() => usher.asked.feed > asked + 2, 'asking')
    assert.equal(verifier.status().streaming, false)
    clock.pass(25)
    assert.equal(await slugOf(verifier.verify(token)), 'revocations_stale')
  })

  it('whose stream is endless, or never answers, is asked instead', async () => {
    const part = 'x'.repeat(1_000_000)
    const streams = [
      (req, res) => {
        res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('event: revocations\ndata: ')
        const more = () => res.destroyed || res.write(part, more)
        more()
      },
      () => {},
      (req, res) => res.writeHead(200, { 'Content-Type': 'text/html' }).end('event: revocations'),
    ]
    for (const stream of streams) {
      usher.instead.stream = stream
      const sid = randomUUID()
      const verifier = make({ httpTimeout: 1 })
      const token = await usher.token({ sid })
      assert.equal(await slugOf(verifier.verify(token)), 'none')
      await usher.revoke({ sid })
      await until(async () => (await slugOf(verifier.verify(token))) === 'token_revoked')
      await until(() => verifier.status().lastError?.startsWith('stream:'), 'the end of the stream', 15)
      verifier.close()
    }
  })

  it('of a service restored from a backup is taken as the new one; what was dead stays dead', async () => {
    const [before, after] = [randomUUID(), randomUUID()]
    await usher.revoke({ sub: '1', gen: 1 }, { sid: before })
    const verifier = await live()
    usher.log = []
    usher.seq = 0
    usher.skew += 2
    clock.wallBy += 2
    await usher.revoke({ sid: after })
    await until(() => verifier.status().have === 1)
    for (const sid of [before, after])
      assert.equal(await slugOf(verifier.verify(await usher.token({ sid }))), 'token_revoked')
    await until(() => verifier.status().age < 2)
  })

  it('follows the keys: a statement signed with a new one is good', async () => {
    const verifier = await live()
    usher.keys = [(usher.key = await makeKey()), ...usher.keys]
    clock.steadyBy += 10
    const sid = randomUUID()
    await usher.revoke({ sid })
    await until(() => verifier.status().have === 1)
    assert.equal(verifier.status().refusedStatements, 0)
  })

  it('is asked for with credentials where there are some', async () => {
    await make({ clientId: 'shop', clientSecret: 's3 cret:' }).start()
    const basic = `Basic ${Buffer.from('shop:s3+cret%3A').toString('base64')}`
    await until(() => usher.asked.stream > 0)
    assert.deepEqual({ ...usher.shown }, { keys: undefined, feed: basic, stream: basic })
  })

  it('lies below the path of the URL', async () => {
    const verifier = make({ url: `${usher.url}/sub/`, startWait: 0.2 })
    assert.equal(await slugOf(verifier.verify(await usher.token())), 'keys_unavailable')
    assert.match(verifier.status().lastError, /404/)
  })

  it('leaves no listeners behind on its way through many connections', async () => {
    const warnings = []
    const note = (warning) => warnings.push(warning)
    process.on('warning', note)
    const verifier = make({ pollEvery: 0.1, stream: false })
    await verifier.start()
    await until(() => usher.asked.feed > 25)
    process.off('warning', note)
    assert.deepEqual(warnings, [])
  })

  it('ends with close, and so does the verifier', async () => {
    const verifier = await live()
    verifier.close()
    await until(() => usher.listeners.size === 0)
    const { feed, stream } = usher.asked
    await new Promise((resolve) => setTimeout(resolve, 300))
    assert.deepEqual([usher.asked.feed, usher.asked.stream], [feed, stream])
    await assert.rejects(verifier.verify('x'), /closed/)
  })
})
