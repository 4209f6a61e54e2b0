// Keys that are given, in whatever form. What anybody may know must never become a secret: whoever knows it could sign
// (RFC 8725 section 2.1).
import { KeyObject, X509Certificate, createPublicKey } from 'node:crypto'
import { bytesOf, objectOf } from './jws.js'
import { fromJwk, fromKeyObject, fromSecret } from './key.js'

const BEGIN = '-----BEGIN'
const whatKeysAre = 'a JWKS or JWK of a kind that Usher signs with, a public key in PEM, or an HS256 secret'
/** Base64 in either alphabet, with padding or without, on one line or several. */
const base64 = /^[A-Za-z0-9+/_\s-]+=*\s*$/

const mistake = (what) => new TypeError(`keys: ${what}`)

/**
 * @param {any} given a JWKS or JWK, a public key in PEM or DER, a KeyObject, or an HS256 secret as bytes or base64url
 * @returns {import('./key.js').Key[]} one at least; throws a TypeError
 */
export function givenKeys(given) {
  const isMaterial = typeof given === 'string' || given instanceof Uint8Array
  const keys = isMaterial ? fromMaterial(given) : given instanceof KeyObject ? [usable(given)] : fromObject(given)
  if (keys.length === 0) throw mistake(whatKeysAre)
  return keys
}

function fromObject(given) {
  const jwks = Array.isArray(given?.keys) ? given.keys.filter((jwk) => jwk?.kid !== undefined) : [given]
  return jwks.map(fromJwk).filter((key) => key !== undefined)
}

function usable(key) {
  const made = key.type === 'public' ? fromKeyObject(key) : undefined
  if (made === undefined) throw mistake('only public P-256, Ed25519 and RSA (2048 bits or more) keys check tokens')
  return made
}

function fromMaterial(given) {
  const bytes = Buffer.from(given)
  const known = fromJson(bytes) ?? published(bytes) ?? publishedInBase64(bytes)
  if (known !== undefined) return known
  const secret = typeof given === 'string' ? bytesOf(given.trim()) : bytes
  if (secret === undefined) throw mistake(whatKeysAre)
  return [fromSecret(secret)]
}

/** `trimStart` takes a BOM for white space. */
function fromJson(bytes) {
  const text = bytes.toString().trimStart()
  if (!text.startsWith('{') || bytes.includes(BEGIN)) return undefined
  const object = objectOf(Buffer.from(text))
  if (object === undefined) throw mistake('begins as JSON and is none; a secret that does is given in base64url')
  return fromObject(object)
}

/** Undefined when the bytes are nothing that is published; throws when they are, and not a key for our tokens. */
function published(bytes) {
  if (bytes.includes(BEGIN)) return [usable(parsed(bytes.toString('latin1', bytes.indexOf(BEGIN))))]
  for (const type of /** @type {const} */ (['spki', 'pkcs1'])) {
    const key = attempt(() => createPublicKey({ key: bytes, format: 'der', type }))
    if (key !== undefined) return [usable(key)]
  }
  if (looksPublished(bytes)) throw mistake('this is no secret; give a JWKS, or a public key in PEM')
  return undefined
}

/** A secret may begin with a brace once it is decoded: only what is JSON throughout counts as that. */
function publishedInBase64(bytes) {
  const text = bytes.toString('latin1')
  if (!base64.test(text)) return undefined
  const plain = Buffer.from(text, 'base64')
  const object = objectOf(Buffer.from(plain.toString().trimStart()))
  return object === undefined ? published(plain) : fromObject(object)
}

function parsed(pem) {
  const key = attempt(() => createPublicKey(pem))
  if (key === undefined) throw mistake('not a public key in PEM')
  return key
}

function looksPublished(bytes) {
  const narrow = bytes.toString('latin1').replaceAll('\0', '') // what is in UTF-16 shows through
  const isText = narrow.includes(BEGIN) || narrow.includes('"kty"') || /^(ssh-|ecdsa-sha2-|sk-)/.test(narrow)
  return isText || isPoint(bytes) || attempt(() => new X509Certificate(bytes)) !== undefined
}

/** Of P-256, uncompressed. */
function isPoint(bytes) {
  if (bytes.length !== 65 || bytes[0] !== 4) return false
  const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map((half) => half.toString('base64url'))
  return fromJwk({ kty: 'EC', crv: 'P-256', x, y }) !== undefined
}

function attempt(make) {
  try {
    return make()
  } catch {
    return undefined
  }
}
