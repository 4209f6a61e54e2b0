// One public key (or shared secret) and the one algorithm it is for: the key decides, a token's header may only agree
// (RFC 8725 section 3.1). Node's own crypto checks signatures: a call of it costs half of what one through WebCrypto
// costs, which has to go to another thread and back.
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto'

const RSA_BITS_MIN = 2048
const SECRET_BYTES_MIN = 32
const SECRET_MAC_BYTES = 32

/** @typedef {{ kid: string | undefined, alg: string, id: string, signatureBytes: number, isSigned(message: Buffer, signature: Buffer): boolean, isSignedAside(message: Buffer, signature: Buffer): Promise<boolean> }} Key */

/** With `done` they answer there, from another thread. */
const verifiers = {
  ES256: (key) => {
    const how = { key, dsaEncoding: /** @type {const} */ ('ieee-p1363') }
    return (message, signature, done) => signature.length === 64 && verify('sha256', message, how, signature, done)
  },
  EdDSA: (key) => (message, signature, done) => signature.length === 64 && verify(null, message, key, signature, done),
  RS256: (key) => (message, signature, done) => verify('sha256', message, key, signature, done),
}

/**
 * @param {import('node:crypto').KeyObject} key
 * @param {string} [kid]
 * @returns {Key | undefined} undefined for a key of a kind, curve or size that Usher does not sign with
 */
export function fromKeyObject(key, kid) {
  const alg = algorithmOf(key)
  if (alg === undefined) return undefined
  const id = key.export({ type: 'spki', format: 'der' }).toString('base64')
  const signatureBytes = alg === 'RS256' ? Math.ceil(key.asymmetricKeyDetails.modulusLength / 8) : 64
  const isSigned = verifiers[alg](key)
  const isSignedAside = async (message, signature) =>
    signature.length === signatureBytes &&
    new Promise((resolve) => isSigned(message, signature, (error, isGood) => resolve(!error && isGood)))
  return { kid, alg, id, signatureBytes, isSigned, isSignedAside }
}

/**
 * Undefined for a key that is not for checking our signatures: a key set may hold others.
 * @param {any} jwk
 */
export function fromJwk(jwk) {
  if (typeof jwk !== 'object' || jwk === null || jwk.kty === 'oct') return undefined
  if (jwk.kid !== undefined && typeof jwk.kid !== 'string') return undefined
  if (jwk.use !== undefined && jwk.use !== 'sig') return undefined
  if (Array.isArray(jwk.key_ops) && !jwk.key_ops.includes('verify')) return undefined
  let key
  try {
    key = fromKeyObject(createPublicKey({ key: jwk, format: 'jwk' }), jwk.kid)
  } catch {
    return undefined
  }
  return jwk.alg === undefined || jwk.alg === key?.alg ? key : undefined
}

/** @param {Buffer} secret for HS256; that it is nothing public was seen to before */
export function fromSecret(secret) {
  if (secret.length < SECRET_BYTES_MIN) throw new TypeError('keys: a secret for HS256 has 32 bytes or more')
  const isSigned = (message, signature) => {
    const mac = createHmac('sha256', secret).update(message).digest()
    return signature.length === mac.length && timingSafeEqual(signature, mac)
  }
  const isSignedAside = async (message, signature) => isSigned(message, signature)
  return { kid: undefined, alg: 'HS256', id: 'secret', signatureBytes: SECRET_MAC_BYTES, isSigned, isSignedAside }
}

function algorithmOf(key) {
  const details = key.asymmetricKeyDetails
  if (key.asymmetricKeyType === 'ec' && details?.namedCurve === 'prime256v1') return 'ES256'
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA'
  if (key.asymmetricKeyType === 'rsa' && (details?.modulusLength ?? 0) >= RSA_BITS_MIN) return 'RS256'
  return undefined
}
