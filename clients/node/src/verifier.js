import { TokenReader, judge } from './access-token.js'
import { systemClock } from './clock.js'
import { Feed } from './feed.js'
import { Http } from './http.js'
import { RemoteKeys, StaticKeys } from './keys.js'
import { Refusal } from './refusals.js'
import { RevocationSet } from './revocation-set.js'
import { demandOf, settingsOf } from './settings.js'
import { TokenCache } from './token-cache.js'

const nothing = Object.freeze({})

/** Checks access tokens; holds the keys, the revocations and the tokens seen lately. One for a whole process. */
export class Verifier {
  #settings
  #http
  #keys
  #set
  #feed
  #reader
  #cache
  #cachedFor
  #judging
  #starting
  #isStarted = false
  #isClosed = false

  /** @param {Record<string, any>} given see README.md */
  constructor(given) {
    const settings = settingsOf(given)
    const clock = settings.clock ?? systemClock
    this.#settings = settings
    this.#http = new Http({ timeout: settings.httpTimeout })
    this.#keys = this.#keysOf(settings, clock)
    if (settings.url !== undefined) {
      const { leeway, maxStale, issuer, stream, pollEvery, url } = settings
      const [set, keys] = [new RevocationSet({ clock, leeway, maxStale }), this.#keys]
      this.#set = set
      this.#feed = new Feed({
        url: new URL(`${url}/api/revocations`),
        issuer,
        stream,
        pollEvery,
        set,
        keys,
        http: this.#http,
        authorization: authorizationOf(settings),
      })
    }
    this.#reader = new TokenReader(settings)
    this.#cache = new TokenCache(settings.cacheSize)
    this.#cachedFor = this.#keys.version
    this.#judging = { set: this.#set, clock, leeway: settings.leeway }
  }

  /**
   * Fetches the keys and begins to follow the feed. Resolves when both are there, or after `startWait`; never rejects.
   * The first `verify` does it too.
   */
  start() {
    this.#starting ??= this.#begin()
    return this.#starting
  }

  /**
   * The claims of a good access token, frozen throughout; rejects with a Refusal otherwise.
   * @param {string} token
   * @param {{ fresh?: boolean, maxAge?: number, role?: string }} [wanted]
   */
  async verify(token, wanted = nothing) {
    if (wanted !== nothing) demandOf(wanted)
    if (this.#isClosed) throw new Error('this verifier is closed')
    if (token === undefined || token === null || token === '') throw new Refusal('token_missing')
    if (!this.#isStarted) await this.start()
    if (this.#keys.isDue()) await this.#keys.keepFresh()
    if (this.#cachedFor !== this.#keys.version) this.#forgetTokens()
    let claims = this.#cache.get(token)
    if (claims === undefined) {
      const opened = this.#reader.open(token)
      const { kid } = opened.header
      claims = this.#reader.claimsOf(opened, this.#keys.known(kid) ?? (await this.#keys.find(kid)))
      this.#remember(token, claims)
    }
    judge(claims, wanted, this.#judging)
    return claims
  }

  /** How the feed stands; `age` is in seconds, null before the set was complete for the first time. */
  status() {
    const set = this.#set
    const age = set === undefined || set.heard === null ? null : set.age()
    return {
      have: set?.have ?? 0,
      heard: set?.heard ?? null,
      age,
      entries: set?.entries ?? 0,
      ...(this.#feed?.status() ?? { streaming: false, refusedStatements: 0, lastError: null }),
    }
  }

  /** Stops following the feed. Nothing can be verified afterwards. */
  close() {
    this.#isClosed = true
    this.#feed?.close()
    this.#http.close()
  }

  #remember(token, claims) {
    if (this.#cachedFor !== this.#keys.version) this.#forgetTokens()
    this.#cache.put(token, claims)
  }

  /** A key was taken away: what it signed is checked again. */
  #forgetTokens() {
    this.#cache.clear()
    this.#cachedFor = this.#keys.version
  }

  async #begin() {
    this.#feed?.start()
    let timer
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, this.#settings.startWait * 1000)
    })
    await Promise.race([Promise.all([this.#keys.load(), this.#feed?.complete]), patience])
    clearTimeout(timer)
    this.#isStarted = true
  }

  #keysOf({ keys, url }, clock) {
    if (keys !== undefined) return new StaticKeys(keys)
    return new RemoteKeys({ url: new URL(`${url}/.well-known/jwks.json`), http: this.#http, clock })
  }
}

/** RFC 6749 section 2.3.1: both halves are form-encoded before they are joined. */
function authorizationOf({ clientId, clientSecret }) {
  if (clientId === undefined) return undefined
  const form = (text) => encodeURIComponent(text).replaceAll('%20', '+')
  return `Basic ${Buffer.from(`${form(clientId)}:${form(clientSecret)}`).toString('base64')}`
}
