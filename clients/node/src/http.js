// GET over Node's own HTTP, with limits on time and size. Not fetch: a stream held open by it keeps a process from
// ending, and its socket cannot be let go of. Redirects are not followed.
import http from 'node:http'
import https from 'node:https'
import { StringDecoder } from 'node:string_decoder'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

export class Http {
  #timeout
  #agents

  /** @param {{ timeout: number }} options seconds */
  constructor({ timeout }) {
    this.#timeout = timeout * 1000
    const keep = { keepAlive: true, maxSockets: 4 }
    this.#agents = { 'http:': [http, new http.Agent(keep)], 'https:': [https, new https.Agent(keep)] }
  }

  /**
   * The whole answer. Rejects when it is not there after `timeout`, however slowly bytes drip in, and past `bytesMax`.
   * In the background it does not keep the process from ending.
   * @param {URL} url
   * @param {{ headers?: Record<string, string>, bytesMax: number, isBackground?: boolean, signal?: AbortSignal }} options
   */
  async get(url, { headers = {}, bytesMax, isBackground = false, signal }) {
    const call = this.#open(url, { 'Accept-Encoding': 'gzip', ...headers }, { isBackground, signal })
    try {
      const response = await call.response
      const isPacked = response.headers['content-encoding'] === 'gzip'
      const body = isPacked ? pipeline(response, createGunzip(), () => {}) : response
      const text = await textOf(body, bytesMax)
      return { status: response.statusCode, headers: response.headers, text }
    } finally {
      call.close()
    }
  }

  /**
   * Hands each piece of text of an event stream to `onText`, until the stream ends or is cut, or until nothing that
   * matters (`awake`, handed to `onOpen`) came for `idle` seconds. Never keeps the process from ending.
   * @param {URL} url
   */
  async listen(url, { headers, idle, signal, onOpen, onText }) {
    const call = this.#open(
      url,
      { Accept: 'text/event-stream', ...headers },
      { isBackground: true, isOwn: true, signal },
    )
    try {
      const response = await call.response
      const isStream = response.headers['content-type']?.startsWith('text/event-stream')
      if (response.statusCode !== 200 || !isStream) throw new StatusError(response.statusCode, response.headers)
      call.limit(idle * 1000)
      onOpen(call.awake)
      const decoder = new StringDecoder('utf8')
      for await (const chunk of response) onText(decoder.write(chunk))
    } finally {
      call.close()
    }
  }

  close() {
    for (const [, agent] of Object.values(this.#agents)) agent.destroy()
  }

  #open(url, headers, { isBackground, isOwn = false, signal }) {
    const [module, agent] = this.#agents[url.protocol]
    const request = module.get(url, { headers, agent: isOwn ? false : agent, signal })
    if (isBackground) request.on('socket', (socket) => socket.unref())
    return new Call(request, this.#timeout, isBackground)
  }
}

export class StatusError extends Error {
  constructor(status, headers) {
    super(`answered ${status}`)
    this.retryAfter = Number(headers['retry-after']) || 0
  }
}

/** A request under way; cut off when nobody says `awake` for the time allowed. */
class Call {
  #request
  #response
  #timer

  constructor(request, milliseconds, isBackground) {
    this.#request = request
    this.response = new Promise((resolve, reject) => {
      request.on('response', (response) => resolve((this.#response = response)))
      request.on('error', reject)
      request.on('close', () => reject(new Error('connection closed')))
    })
    this.isBackground = isBackground
    this.limit(milliseconds)
    this.awake = () => this.#timer.refresh()
  }

  limit(milliseconds) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.cut('no answer in time'), milliseconds)
    if (this.isBackground) this.#timer.unref()
  }

  cut(why) {
    this.#request.destroy(new Error(why))
  }

  close() {
    clearTimeout(this.#timer)
    if (!this.#response?.complete) this.#request.destroy()
  }
}

async function textOf(body, bytesMax) {
  const chunks = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > bytesMax) throw new Error(`more than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
