import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { exportSPKI } from 'jose'
import { Verifier } from 'usher-verify'
import { accessClaims, accessToken, makeKey, slugOf } from './support/stand-in.mjs'

const b64 = (data) => Buffer.from(data).toString('base64url')
const offline = (keys) => new Verifier({ keys, maxStale: null })

/** A token that whoever has these bytes could make, if they were taken for a secret. */
function forged(secret) {
  const message = [{ alg: 'HS256', typ: 'at+jwt' }, accessClaims()].map((part) => b64(JSON.stringify(part))).join('.')
  return `${message}.${b64(createHmac('sha256', secret).update(message).digest())}`
}

/** Every form in which somebody may hand over the same bytes. */
const formsOf = (bytes) => [
  Buffer.from(bytes),
  new Uint8Array(Buffer.from(bytes)),
  b64(bytes),
  `${b64(bytes)}\n`,
  Buffer.from(bytes).toString('base64'),
  Buffer.from(b64(bytes)),
]

describe('keys that are given', () => {
  for (const alg of ['ES256', 'EdDSA', 'RS256']) {
    it(`as a public key for ${alg} are that key in whatever form, and never a secret`, async () => {
      const key = await makeKey(alg)
      const pem = await exportSPKI(key.publicKey)
      const der = Buffer.from(pem.replace(/-.*-|\s/g, ''), 'base64')
      const json = JSON.stringify(key.jwk)
      const jwks = JSON.stringify({ keys: [key.jwk] })
      const texts = [pem, `\ufeff${pem}`, `# a key\n${pem}`, json, ` \n${json}`, `\ufeff${json}`, jwks, ` \ufeff ${jwks}`]
      const good = await accessToken(key)
      for (const bytes of [...texts, der]) {
        for (const keys of [...(typeof bytes === 'string' ? [bytes] : []), ...formsOf(bytes)]) {
          const verifier = offline(keys)
          assert.equal(await slugOf(verifier.verify(good)), 'none', String(keys))
          for (const secret of [bytes, keys]) {
            assert.equal(await slugOf(verifier.verify(forged(secret))), 'token_signature_invalid', String(keys))
          }
        }
      }
    })
  }

  it('as something public that does not check tokens are refused', async () => {
    const key = await makeKey()
    const pem = await exportSPKI(key.publicKey)
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
    const point = ['x', 'y'].map((half) => Buffer.from(key.jwk[half], 'base64url'))
    const all = [
      p384.export({ type: 'spki', format: 'der' }),
      p384.export({ type: 'spki', format: 'pem' }),
      small.export({ type: 'spki', format: 'der' }),
      small.export({ type: 'pkcs1', format: 'der' }),
      JSON.stringify(p384.export({ format: 'jwk' })),
      JSON.stringify({ keys: [] }),
      Buffer.from(pem, 'utf16le'),
      Buffer.from(JSON.stringify(key.jwk), 'utf16le'),
      Buffer.concat([Buffer.of(4), ...point]),
      pem.slice(0, -40),
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPmbbnvLrFsmuwn8mHu1nSVXKhZXVmFSZMOdMqmmBvX',
    ]
    for (const bytes of all) {
      for (const keys of formsOf(bytes)) assert.throws(() => offline(keys), /^TypeError: keys: /, String(bytes))
    }
    for (const keys of [Buffer.from(`{${'x'.repeat(40)}`), `{${'x'.repeat(40)}`, `\ufeff {"kty":"EC"}${' '.repeat(40)}`]) {
      assert.throws(() => offline(keys), /^TypeError: keys: /)
    }
  })

  it('as a secret are one, though it looks odd', async () => {
    const odd = [Buffer.alloc(32, '0'), Buffer.from(`\u0004${'x'.repeat(64)}`), Buffer.alloc(64, 255)]
    for (const secret of odd) {
      for (const keys of [secret, b64(secret)]) assert.equal(await slugOf(offline(keys).verify(forged(secret))), 'none')
    }
    const brace = Buffer.concat([Buffer.from('{'), Buffer.alloc(31, 200)])
    assert.equal(await slugOf(offline(b64(brace)).verify(forged(brace))), 'none')
  })

  it('as a secret are copied: what its owner wipes is still known', async () => {
    const secret = Buffer.alloc(32, 7)
    const verifier = offline(secret)
    const token = forged(secret)
    secret.fill(0)
    assert.equal(await slugOf(verifier.verify(token)), 'none')
    assert.equal(await slugOf(verifier.verify(forged(secret))), 'token_signature_invalid')
  })

  it('may name a kid twice: the first counts', async () => {
    const [first, second] = [await makeKey(), await makeKey()]
    const kid = 'same'
    const keys = [null, { kty: 'oct', kid, k: 'AAAA' }, { ...first.jwk, kid }, { ...second.jwk, kid }]
    const verifier = offline({ keys })
    assert.equal(await slugOf(verifier.verify(await accessToken({ ...first, kid }))), 'none')
    assert.equal(await slugOf(verifier.verify(await accessToken({ ...second, kid }))), 'token_signature_invalid')
  })
})
