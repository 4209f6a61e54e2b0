// A JWS in compact form (RFC 7515 section 7.1), read strictly: one spelling for every token, one meaning for its JSON.
import { isUtf8 } from 'node:buffer'

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
const SPACE = 0x20

/** No header of ours has more than a fifth of it, and what nobody signed is not worth reading more of. */
const HEADER_MAX = 1024
/** An RSA key of 8192 bits makes no longer one. */
const SIGNATURE_MAX = 2048

/** Members of a header that would change what the rest means; none of them is offered (RFC 7515 section 4.1.11). */
const notOffered = ['crit', 'b64', 'zip', 'enc']

/**
 * The three parts, still as text; undefined when there are not three, and when the first or last is longer than any.
 * @param {string} token
 */
export function cut(token) {
  const first = token.slice(0, HEADER_MAX + 1).indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first < 0 || second < 0 || token.length - second - 1 > SIGNATURE_MAX) return undefined
  if (token.indexOf('.', second + 1) >= 0) return undefined
  return {
    header: token.slice(0, first),
    payload: token.slice(first + 1, second),
    signature: token.slice(second + 1),
    signed: token.slice(0, second),
  }
}

/**
 * Undefined for padding, another alphabet, white space or bits left over: writing it again tells.
 * @param {string} text
 */
export function bytesOf(text) {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

/**
 * The JSON object in a part; undefined for anything else, and for one that names a member twice: readers disagree
 * about which of the two counts.
 * @param {Buffer | undefined} bytes
 */
export function objectOf(bytes) {
  if (bytes === undefined || !isUtf8(bytes)) return undefined
  const text = bytes.toString()
  try {
    const value = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && membersOf(value) === namesIn(text) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * The header when it is one we understand; `typ`, `alg` and `kid` are text if they are there at all.
 * Keys it brings along or points to (`jwk`, `jku`, `x5u`, `x5c`) are not looked at.
 * @param {string} text
 */
export function headerOf(text) {
  const header = objectOf(bytesOf(text))
  if (header === undefined || notOffered.some((name) => Object.hasOwn(header, name))) return undefined
  const texts = [header.typ, header.alg, header.kid, header.cty]
  const isPlain = texts.every((value) => value === undefined || typeof value === 'string')
  // Nested tokens are not offered; RFC 7519 section 5.2: upper case is only recommended.
  return isPlain && header.cty?.toUpperCase() !== 'JWT' ? header : undefined
}

/** How many members the text, which is JSON, writes down at any depth: names are the texts that a colon follows. */
function namesIn(text) {
  const hasEscapes = text.includes('\\')
  let names = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    at = (hasEscapes ? endOfText(text, at) : text.indexOf('"', at + 1)) + 1
    while (text.charCodeAt(at) <= SPACE) at += 1
    if (text.charCodeAt(at) === COLON) names += 1
  }
  return names
}

/** Where the text that begins at `at` has its closing quote. */
function endOfText(text, at) {
  for (let i = at + 1; ; i += 1) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) return i
    if (c === BACKSLASH) i += 1
  }
}

/** How many members came out of it. */
function membersOf(value) {
  const values = Object.values(value)
  let members = Array.isArray(value) ? 0 : values.length
  for (const inner of values) if (typeof inner === 'object' && inner !== null) members += membersOf(inner)
  return members
}
