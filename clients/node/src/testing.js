// For the tests of services: tokens as Usher signs them, with a key of their own.
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'

export class TestIssuer {
  #privateKey
  #kid = `test-${randomUUID()}`

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#privateKey = privateKey
    /** For a verifier's `keys`; give it `maxStale: null`, since there is no feed. */
    this.jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: this.#kid, alg: 'ES256', use: 'sig' }] }
  }

  /**
   * An access token, fresh and good for 15 minutes, unless the claims say otherwise.
   * @param {{ user?: number, sub?: string, role?: string } & Record<string, unknown>} [claims]
   */
  token({ user = 1, sub = String(user), role = 'USER', ...claims } = {}) {
    const now = Math.floor(Date.now() / 1000)
    const times = { iat: now, nbf: now, exp: now + 900, auth_time: now }
    const ids = { iss: 'usher', sub, user_id: Number(sub), jti: randomUUID(), sid: randomUUID(), gen: 1 }
    const header = { alg: 'ES256', kid: this.#kid, typ: 'at+jwt' }
    const said = { ...ids, ...times, type: 'access', fresh: true, role, amr: ['pwd'], ...claims }
    const message = [header, said].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const signature = sign('sha256', Buffer.from(message), { key: this.#privateKey, dsaEncoding: 'ieee-p1363' })
    return `${message}.${signature.toString('base64url')}`
  }
}
