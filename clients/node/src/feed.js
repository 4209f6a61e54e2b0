// Listens to the revocation feed: by stream, and by asking while there is no stream. What it hears goes into the
// RevocationSet, which knows what is missing; nothing here decides what a statement is worth.
import { createParser } from 'eventsource-parser'
import { setTimeout as sleep } from 'node:timers/promises'
import { readStatement } from './statement.js'

const BYTES_MAX = 64 * 1024 * 1024
/** Seconds: three heartbeats. */
const SILENCE_MAX = 15
/** Seconds. */
const BACKOFF_MIN = 1
const BACKOFF_MAX = 10
const ASK_PAUSE = 0.25

export class Feed {
  #url
  #options
  #set
  #keys
  #http
  #credential
  #stopping = new AbortController()
  #listening
  #polling
  #backoff = BACKOFF_MIN
  #asking
  #askTimer
  #etag
  #etagFor
  #isStreaming = false
  #refused = 0
  #streamError = null
  #feedError = null
  #complete

  /**
   * @param {{ url: URL, issuer: string, stream: boolean, pollEvery: number, set: import('./revocation-set.js').RevocationSet,
   *   keys: any, http: import('./http.js').Http, authorization?: string }} options
   */
  constructor({ url, set, keys, http, authorization, ...options }) {
    this.#url = url
    this.#set = set
    this.#keys = keys
    this.#http = http
    this.#credential = authorization === undefined ? {} : { Authorization: authorization }
    this.#options = options
    /** Resolves when the set has been complete for the first time. */
    this.complete = new Promise((resolve) => (this.#complete = resolve))
  }

  start() {
    if (this.#listening !== undefined || this.#stopping.signal.aborted) return
    this.#listening = this.#options.stream ? this.#listen() : Promise.resolve()
    this.#polling = setInterval(() => this.#poll(), this.#options.pollEvery * 1000)
    this.#polling.unref()
    this.#poll()
  }

  close() {
    this.#stopping.abort()
    clearInterval(this.#polling)
    clearTimeout(this.#askTimer)
  }

  status() {
    return {
      streaming: this.#isStreaming,
      refusedStatements: this.#refused,
      lastError: this.#streamError ?? this.#feedError,
    }
  }

  /** One connection after the other, further apart the more often they fail. */
  async #listen() {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#stream()
        this.#streamError = 'stream: ended'
      } catch (error) {
        this.#streamError = `stream: ${error.message}`
        this.#backoff = Math.max(this.#backoff, Math.min(error.retryAfter ?? 0, BACKOFF_MAX))
      }
      this.#isStreaming = false
      this.#poll()
      const pause = this.#backoff * (0.75 + Math.random() / 2)
      await sleep(pause * 1000, undefined, { ref: false, signal: this.#stopping.signal }).catch(() => {})
      this.#backoff = Math.min(this.#backoff * 2, BACKOFF_MAX)
    }
  }

  async #stream() {
    const cut = new AbortController()
    const stop = () => cut.abort()
    this.#stopping.signal.addEventListener('abort', stop)
    const stream = { isOpen: true, awake: () => {} }
    const parser = createParser({
      maxBufferSize: BYTES_MAX,
      onEvent: ({ event, data }) => event === 'revocations' && this.#hear(data, stream),
      onError: ({ type }) => type === 'max-buffer-size-exceeded' && cut.abort(),
    })
    try {
      await this.#http.listen(new URL(`${this.#url}/stream`), {
        headers: { ...this.#credential, ...this.#lastEventId() },
        idle: SILENCE_MAX,
        signal: cut.signal,
        onOpen: (awake) => (stream.awake = awake),
        onText: (text) => parser.feed(text),
      })
    } finally {
      stream.isOpen = false
      this.#stopping.signal.removeEventListener('abort', stop)
    }
  }

  #lastEventId() {
    return this.#set.wantsWhole ? {} : { 'Last-Event-ID': String(this.#set.have) }
  }

  /** Only news keep a stream alive: one that sends anything else, or the same again, counts as silent. */
  async #hear(data, stream) {
    const heard = this.#set.heard
    if (!(await this.#take(data)) || this.#set.heard === heard || !stream.isOpen) return
    stream.awake()
    this.#isStreaming = true
    this.#streamError = null
    this.#backoff = BACKOFF_MIN
  }

  #poll() {
    const isQuiet = this.#isStreaming && !this.#set.isBehind && this.#set.age() <= SILENCE_MAX
    if (!isQuiet && !this.#stopping.signal.aborted) this.#ask()
  }

  /** One question at a time; another one soon when the answer leaves something missing. */
  #ask() {
    let pause = ASK_PAUSE
    this.#asking ??= this.#fetch()
      .catch((error) => {
        this.#feedError = `feed: ${error.message}`
        pause = this.#options.pollEvery
      })
      .finally(() => {
        this.#asking = undefined
        if (this.#set.isBehind && this.#isStreaming) this.#askAfter(pause)
      })
  }

  #askAfter(seconds) {
    if (this.#stopping.signal.aborted) return
    clearTimeout(this.#askTimer)
    this.#askTimer = setTimeout(() => this.#set.isBehind && this.#ask(), seconds * 1000)
    this.#askTimer.unref()
  }

  async #fetch() {
    const url = new URL(this.#url)
    if (!this.#set.wantsWhole) url.searchParams.set('since', String(this.#set.have))
    const headers = { Accept: 'application/jwt', ...this.#credential }
    if (this.#etag !== undefined && this.#etagFor === url.href) headers['If-None-Match'] = this.#etag
    const answer = await this.#http.get(url, {
      headers,
      bytesMax: BYTES_MAX,
      isBackground: true,
      signal: this.#stopping.signal,
    })
    if (answer.status === 304) return
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
    if (!(await this.#take(answer.text))) return
    this.#etag = answer.headers.etag
    this.#etagFor = url.href
  }

  /** Whether it was a statement of the service. */
  async #take(text) {
    let claims
    try {
      await this.#keys.load()
      claims = await readStatement(text, this.#keys, this.#options.issuer)
    } catch (error) {
      this.#feedError = `feed: ${error.message}`
      return false
    }
    if (claims === undefined) {
      this.#refused += 1
      this.#feedError = 'feed: a statement that this service did not sign'
      return false
    }
    this.#set.add(claims)
    this.#feedError = null
    if (this.#set.heard !== null) this.#complete()
    if (this.#set.isBehind) this.#ask()
    return true
  }
}
