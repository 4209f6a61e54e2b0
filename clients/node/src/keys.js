// The keys that tokens and statements are checked with: fetched from the service, or given once and for all.
import { givenKeys } from './given-keys.js'
import { fromJwk } from './key.js'
import { Refusal } from './refusals.js'

const BYTES_MAX = 1024 * 1024
const KEYS_MAX = 100
const KID_MAX = 256
const UNKNOWN_MAX = 1000
/** Seconds. */
const UNKNOWN_FOR = 60
const PAUSE = 5
const PAUSE_WITHOUT_KEYS = 1
const AGE_DEFAULT = 300
const AGE_MIN = 5
const AGE_MAX = 3600
/** From this part of its age on a key set is fetched again, before anybody has to wait for it. */
const EARLY = 0.8

/** Keys that never change. One without a kid fits any. */
export class StaticKeys {
  #byKid
  #only
  version = 0

  /** @param {any} given what `givenKeys` takes */
  constructor(given) {
    const keys = givenKeys(given)
    this.#only = keys.find(({ kid }) => kid === undefined)
    this.#byKid = byKid(keys)
  }

  isDue() {
    return false
  }

  async keepFresh() {}

  async load() {}

  known(kid) {
    return this.#only ?? this.#byKid.get(kid)
  }

  async find(kid) {
    return this.known(kid)
  }
}

/** The key set of the service, fetched when it is needed and kept as long as it may be kept. */
export class RemoteKeys {
  #url
  #http
  #clock
  /** @type {Map<string, import('./key.js').Key> | undefined} */
  #byKid
  #etag
  #earlyAt = -Infinity
  #dueAt = -Infinity
  #triedAt = -Infinity
  #failed = false
  #fetching
  /** Key ids that no key set had, and until when that is believed. */
  #unknown = new Map()
  /** Another number after a key was taken away: what was checked with it no longer counts. */
  version = 0

  /** @param {{ url: URL, http: import('./http.js').Http, clock: { steady(): number } }} options */
  constructor({ url, http, clock }) {
    this.#url = url
    this.#http = http
    this.#clock = clock
  }

  isDue() {
    return this.#clock.steady() >= this.#earlyAt
  }

  /** Waits for a fetch only when the set is too old to be used and the service answered last time. */
  async keepFresh() {
    const isOver = this.#clock.steady() >= this.#dueAt
    const fetching = this.#fetch({})
    if (isOver && this.#byKid !== undefined && !this.#failed) await fetching
  }

  /** The first key set; never rejects. */
  async load() {
    if (this.#byKid === undefined) await this.#fetch({})
  }

  /** A key that is at hand; whether it may still be used is for `isDue` and `keepFresh`. */
  known(kid) {
    return this.#byKid?.get(kid)
  }

  /**
   * @param {string | undefined} kid
   * @returns {Promise<import('./key.js').Key | undefined>} undefined when the service has no such key; rejects with a
   *   Refusal when it cannot be asked
   */
  async find(kid) {
    if (this.isDue()) await this.keepFresh()
    if (this.#byKid === undefined) throw new Refusal('keys_unavailable')
    const key = this.#byKid.get(kid)
    if (key !== undefined || kid === undefined || kid.length > KID_MAX) return key
    return this.#ask(kid)
  }

  /** One fetch for all that name unknown keys, and then a pause: who sends such tokens must not cause traffic. */
  async #ask(kid) {
    const now = this.#clock.steady()
    if ((this.#unknown.get(kid) ?? -Infinity) > now) return undefined
    await this.#fetch({ 'Cache-Control': 'no-cache' })
    const key = this.#byKid.get(kid)
    if (key === undefined && this.#failed) throw new Refusal('keys_unavailable')
    if (key === undefined && this.#triedAt >= now) this.#note(kid, now)
    return key
  }

  #note(kid, now) {
    this.#unknown.delete(kid)
    if (this.#unknown.size >= UNKNOWN_MAX) this.#unknown.delete(this.#unknown.keys().next().value)
    this.#unknown.set(kid, now + UNKNOWN_FOR)
  }

  /** Single-flight; never rejects. The keys of before stay when it fails. */
  #fetch(headers) {
    const now = this.#clock.steady()
    const pause = this.#byKid === undefined ? PAUSE_WITHOUT_KEYS : PAUSE
    if (this.#fetching === undefined && now - this.#triedAt >= pause) {
      this.#triedAt = now
      this.#fetching = this.#load(headers)
        .then(() => (this.#failed = false))
        .catch(() => (this.#failed = true))
        .finally(() => (this.#fetching = undefined))
    }
    return this.#fetching
  }

  async #load(more) {
    const headers = { Accept: 'application/jwk-set+json, application/json', ...more }
    if (this.#etag !== undefined) headers['If-None-Match'] = this.#etag
    const answer = await this.#http.get(this.#url, { headers, bytesMax: BYTES_MAX })
    if (answer.status === 200) this.#take(JSON.parse(answer.text))
    else if (answer.status !== 304 || this.#byKid === undefined) throw new Error(`keys: answered ${answer.status}`)
    this.#etag = answer.headers.etag
    const age = ageOf(answer.headers)
    this.#earlyAt = this.#clock.steady() + age * EARLY
    this.#dueAt = this.#clock.steady() + age
  }

  #take(set) {
    if (!Array.isArray(set?.keys) || set.keys.length > KEYS_MAX) throw new Error('keys: not a key set')
    const before = this.#byKid ?? new Map()
    const after = byKid(set.keys.map(fromJwk))
    const isLost = [...before].some(([kid, key]) => after.get(kid)?.id !== key.id)
    const isGained = [...after].some(([kid, key]) => before.get(kid)?.id !== key.id)
    this.#byKid = after
    if (isLost) this.version += 1
    if (isGained) this.#unknown.clear()
  }
}

/** Of two of one name the first counts. */
function byKid(keys) {
  const named = keys.filter((key) => key?.kid !== undefined)
  return new Map(named.reverse().map((key) => [key.kid, key]))
}

/** For how many seconds an answer may be kept (RFC 9111 section 4.2), within bounds of our own. */
function ageOf({ 'cache-control': control = '', age = '0' }) {
  const says = /(?:^|[\s,])max-age=(\d+)/i.exec(control)
  const isFresh = !/no-store|no-cache/i.test(control)
  const seconds = says ? Number(says[1]) - (Number(age) || 0) : AGE_DEFAULT
  return isFresh ? Math.min(Math.max(seconds, AGE_MIN), AGE_MAX) : AGE_MIN
}
