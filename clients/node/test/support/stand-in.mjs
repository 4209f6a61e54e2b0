// A stand-in for Usher: key set, feed and stream as docs/tokens.md and docs/revocations.md say, signed by another
// library than the one under test, and able to misbehave.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'

globalThis.crypto ??= (await import('node:crypto')).webcrypto // Node 18, for jose

export const seconds = () => Math.floor(Date.now() / 1000)

export async function makeKey(alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { alg, kid, publicKey, privateKey, jwk: { ...jwk, kid, alg, use: 'sig' } }
}

export function sign(key, typ, claims, header = {}) {
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ, ...header })
    .sign(key.privateKey)
}

export function accessClaims(changes = {}) {
  const now = seconds()
  const claims = {
    iss: 'usher',
    sub: '7',
    iat: now,
    nbf: now,
    exp: now + 900,
    jti: randomUUID(),
    type: 'access',
    fresh: true,
    sid: randomUUID(),
    gen: 1,
    user_id: Number(changes.sub ?? 7),
    role: 'USER',
    auth_time: now,
    amr: ['pwd'],
    ...changes,
  }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}

export const accessToken = (key, changes, header) => sign(key, 'at+jwt', accessClaims(changes), header)

export class StandIn {
  key
  keys = []
  seq = 0
  log = []
  heartbeat = 5
  /** Seconds added to what statements are dated. */
  skew = 0
  maxAge = 300
  keep = 990
  asked = { keys: 0, feed: 0, stream: 0 }
  lastEventIds = []
  /** What each was last asked with. */
  shown = {}
  listeners = new Set()
  /** path -> function (req, res) that answers instead. */
  instead = {}
  #server
  #beating

  static async start(alg, heartbeat = 5) {
    const made = new StandIn()
    made.key = await makeKey(alg)
    made.keys = [made.key]
    made.heartbeat = heartbeat
    await made.listen(0)
    return made
  }

  async listen(port) {
    this.#server = createServer((req, res) => this.#answer(req, res).catch(() => res.destroy()))
    await promisify(this.#server.listen.bind(this.#server))(port, '127.0.0.1')
    this.port = this.#server.address().port
    this.url = `http://127.0.0.1:${this.port}`
    this.#beating = setInterval(() => this.beat(), this.heartbeat * 1000)
  }

  async stop() {
    clearInterval(this.#beating)
    const closed = promisify(this.#server.close.bind(this.#server))()
    this.#server.closeAllConnections()
    this.listeners.clear()
    await closed
  }

  token(changes, header) {
    return accessToken(this.key, changes, header)
  }

  statementOf(from, changes = {}) {
    const now = seconds() + this.skew
    const since = this.log.filter(({ seq }) => seq > from)
    const users = {}
    for (const { sub, gen } of since) if (sub !== undefined) users[sub] = Math.max(gen, users[sub] ?? 0)
    return {
      iss: 'usher',
      aud: 'revocations',
      type: 'revocations',
      iat: now,
      exp: 0,
      seq: this.seq,
      from,
      keep: this.keep,
      sessions: since.filter(({ sid }) => sid !== undefined).map(({ sid }) => sid),
      users,
      ...changes,
    }
  }

  signed(from, changes, key = this.key, header) {
    return sign(key, 'revocations+jwt', this.statementOf(from, changes), header)
  }

  async revoke(...entries) {
    const before = this.seq
    for (const entry of entries) this.log.push({ seq: (this.seq += 1), ...entry })
    await this.push(before)
  }

  async beat() {
    await this.push(this.seq)
  }

  async push(from) {
    this.say(await this.signed(from), this.seq)
  }

  say(statement, id) {
    for (const res of this.listeners) res.write(`id: ${id}\nevent: revocations\ndata: ${statement}\n\n`)
  }

  async #answer(req, res) {
    const url = new URL(req.url, this.url)
    const name = { '/.well-known/jwks.json': 'keys', '/api/revocations': 'feed', '/api/revocations/stream': 'stream' }[
      url.pathname
    ]
    if (name === undefined) return res.writeHead(404).end()
    this.asked[name] += 1
    this.shown[name] = req.headers.authorization
    if (this.instead[name]) return this.instead[name](req, res)
    if (name === 'keys') return this.#sendKeys(req, res)
    if (name === 'stream') return this.#openStream(req, res)
    const since = Number(url.searchParams.get('since') ?? 0)
    res.writeHead(200, { 'Content-Type': 'application/jwt' })
    res.end(await this.signed(since <= this.seq ? since : 0))
  }

  #sendKeys(req, res) {
    const body = JSON.stringify({ keys: this.keys.map(({ jwk }) => jwk) })
    const etag = `"${this.keys.map(({ kid }) => kid).join()}"`
    const headers = { ETag: etag, 'Cache-Control': `public, max-age=${this.maxAge}` }
    if (req.headers['if-none-match'] === etag) return res.writeHead(304, headers).end()
    res.writeHead(200, { ...headers, 'Content-Type': 'application/jwk-set+json' }).end(body)
  }

  async #openStream(req, res) {
    const last = req.headers['last-event-id']
    this.lastEventIds.push(last)
    res.writeHead(200, { 'Content-Type': 'text/event-stream' })
    const first = await this.signed(last === undefined || Number(last) > this.seq ? this.seq : Number(last))
    res.write(`retry: 1000\n\nid: ${this.seq}\nevent: revocations\ndata: ${first}\n\n`)
    this.listeners.add(res)
    res.on('close', () => this.listeners.delete(res))
  }
}

/** A clock that a test sets. */
export function manualClock(wall = 1_800_000_000) {
  const clock = { now: wall, at: 1000, wall: () => clock.now, steady: () => clock.at }
  clock.pass = (time) => {
    clock.now += time
    clock.at += time
  }
  return clock
}

/** The system's clock, with a hand on it. */
export function offsetClock() {
  const clock = { wallBy: 0, steadyBy: 0 }
  clock.wall = () => Date.now() / 1000 + clock.wallBy
  clock.steady = () => performance.now() / 1000 + clock.steadyBy
  clock.pass = (time) => {
    clock.wallBy += time
    clock.steadyBy += time
  }
  return clock
}

/** Polls; for what happens in another party's own time. */
export async function until(holds, what = 'it', patience = 5) {
  const end = Date.now() + patience * 1000
  while (Date.now() < end) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`${what} did not happen within ${patience} s`)
}

/** The slug with which a promise is refused, or 'none'. */
export const slugOf = (promise) =>
  promise.then(
    () => 'none',
    (error) => error.error ?? `fault: ${error.message}`,
  )
