import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it, before } from 'node:test'
import { exportSPKI, jwtVerify } from 'jose'
import { Refusal, Verifier } from 'usher-verify'
import { accessClaims, accessToken, makeKey, offsetClock, seconds, sign, slugOf } from './support/stand-in.mjs'

const b64 = (data) =>
  Buffer.from(typeof data === 'string' || Buffer.isBuffer(data) ? data : JSON.stringify(data)).toString('base64url')
const offline = (key, more) => new Verifier({ keys: { keys: [key.jwk] }, maxStale: null, ...more })

for (const alg of ['ES256', 'EdDSA', 'RS256']) {
  describe(`a token signed with ${alg}`, () => {
    let key
    let verifier
    let good
    before(async () => {
      key = await makeKey(alg)
      verifier = offline(key)
      good = await accessToken(key)
    })

    it('is accepted, by JWKS, JWK and PEM, and gives its claims frozen', async () => {
      for (const keys of [{ keys: [key.jwk] }, key.jwk, await exportSPKI(key.publicKey)]) {
        const claims = await new Verifier({ keys, maxStale: null }).verify(good)
        assert.equal(claims.sub, '7')
        assert.throws(() => (claims.role = 'ADMIN'), TypeError)
        assert.throws(() => claims.amr.push('otp'), TypeError)
      }
    })

    it('is refused with any bit of the signature changed, and with one of another length', async () => {
      const [header, payload, signature] = good.split('.')
      const raw = Buffer.from(signature, 'base64url')
      const bad = [
        Buffer.alloc(0),
        raw.subarray(1),
        Buffer.concat([raw, raw]),
        Buffer.alloc(raw.length),
        Buffer.alloc(64),
      ]
      for (let i = 0; i < raw.length; i += 7) {
        const flipped = Buffer.from(raw)
        flipped[i] ^= 1 << (i % 8)
        bad.push(flipped)
      }
      for (const other of bad) {
        assert.equal(await slugOf(verifier.verify(`${header}.${payload}.${b64(other)}`)), 'token_signature_invalid')
      }
    })

    it('is accepted exactly when another library accepts it', async () => {
      const other = await makeKey(alg)
      const cases = [
        good,
        await accessToken(other),
        await accessToken({ ...other, kid: key.kid }),
        `${good}A`,
        good.slice(0, -2),
      ]
      for (const token of cases) {
        const theirs = await jwtVerify(token, key.publicKey, { issuer: 'usher', typ: 'at+jwt' }).then(
          () => 'none',
          () => 'refused',
        )
        const ours = await slugOf(verifier.verify(token))
        assert.equal(ours === 'none', theirs === 'none', token)
      }
    })
  })
}

describe('a token', () => {
  let key
  let verifier
  let good
  before(async () => {
    key = await makeKey()
    verifier = offline(key)
    good = await accessToken(key)
  })

  const claimsCases = [
    ...['iss', 'sub', 'iat', 'exp', 'jti', 'sid', 'gen', 'role', 'fresh', 'type'].map((name) => [
      { [name]: undefined },
      'token_claims_invalid',
    ]),
    [{ iss: 'usher/' }, 'token_claims_invalid'],
    [{ iss: ['usher'] }, 'token_claims_invalid'],
    [{ aud: 'shop' }, 'token_claims_invalid'],
    [{ aud: [] }, 'token_claims_invalid'],
    [{ sub: '0' }, 'token_claims_invalid'],
    [{ sub: 7 }, 'token_claims_invalid'],
    [{ sub: '1 OR 1=1' }, 'token_claims_invalid'],
    [{ exp: '9999999999' }, 'token_claims_invalid'],
    [{ exp: null }, 'token_claims_invalid'],
    [{ exp: 1e300 }, 'token_claims_invalid'],
    [{ exp: 2 ** 53 }, 'token_claims_invalid'],
    [{ exp: -1 }, 'token_claims_invalid'],
    [{ nbf: 'soon' }, 'token_claims_invalid'],
    [{ nbf: null }, 'token_claims_invalid'],
    [{ iat: 1.5 }, 'token_claims_invalid'],
    [{ gen: '1' }, 'token_claims_invalid'],
    [{ sid: 7 }, 'token_claims_invalid'],
    [{ role: 1 }, 'token_claims_invalid'],
    [{ fresh: 'yes' }, 'token_claims_invalid'],
    [{ type: null }, 'token_claims_invalid'],
    [{ type: 'refresh' }, 'token_wrong_type'],
    [{ amr: 'pwd' }, 'token_claims_invalid'],
    [{ user_id: 8 }, 'token_claims_invalid'],
    [{ user_id: '7' }, 'token_claims_invalid'],
    [{ user_id: null }, 'token_claims_invalid'],
    [{ user_id: 7.5 }, 'token_claims_invalid'],
    [{ sub: '9007199254740993', user_id: 9007199254740992 }, 'token_claims_invalid'],
    [{ user_id: undefined }, 'none'],
    [{ exp: 0 }, 'token_expired'],
    [{ exp: seconds() - 40 }, 'token_expired'],
    [{ exp: seconds() - 10 }, 'none'],
    [{ nbf: seconds() + 60 }, 'token_not_yet_valid'],
    [{ iat: seconds() + 60 }, 'token_not_yet_valid'],
    [{ nbf: seconds() + 20 }, 'none'],
    [{ nbf: undefined }, 'none'],
    [{ auth_time: undefined, amr: undefined }, 'none'],
    [{ fresh: seconds() + 60 }, 'none'],
    [{ more: { deep: [1, { x: ':' }] } }, 'none'],
  ]
  for (const [change, slug] of claimsCases) {
    it(`that says ${JSON.stringify(change)} (${Object.keys(change)}) is answered ${slug}`, async () => {
      assert.equal(await slugOf(verifier.verify(await accessToken(key, change))), slug)
    })
  }

  const headerCases = [
    [{ typ: 'JWT' }, 'token_wrong_type'],
    [{ typ: 'rt+jwt' }, 'token_wrong_type'],
    [{ typ: 'revocations+jwt' }, 'token_wrong_type'],
    [{ typ: undefined }, 'token_wrong_type'],
    [{ cty: 'jwt' }, 'token_malformed'],
    [{ zip: 'DEF' }, 'token_malformed'],
    [{ kid: 'other' }, 'token_signature_invalid'],
    [{ kid: undefined }, 'token_signature_invalid'],
    [{ kid: '../../dev/null' }, 'token_signature_invalid'],
    [{ kid: '__proto__' }, 'token_signature_invalid'],
    [{ kid: 'x'.repeat(600) }, 'token_signature_invalid'],
    [{ kid: 'x'.repeat(1000) }, 'token_malformed'],
    [{ jku: 'http://127.0.0.1:9/' }, 'none'],
  ]
  for (const [change, slug] of headerCases) {
    it(`whose header says ${JSON.stringify(change).slice(0, 40)} (${Object.keys(change)}) is answered ${slug}`, async () => {
      assert.equal(await slugOf(verifier.verify(await accessToken(key, {}, change))), slug)
    })
  }

  it('does not bring its own key or algorithm', async () => {
    const [, payload, signature] = good.split('.')
    const mine = await makeKey()
    const admin = b64(accessClaims({ role: 'ADMIN' }))
    const base = { typ: 'at+jwt', kid: key.kid }
    for (const alg of [
      'none',
      'None',
      '',
      null,
      0,
      [],
      {},
      true,
      undefined,
      'HS256',
      'ES384',
      'RS256',
      'EdDSA',
      'es256',
    ]) {
      for (const part of [payload, admin]) {
        for (const end of ['', signature]) {
          const slug = await slugOf(verifier.verify(`${b64({ ...base, alg })}.${part}.${end}`))
          assert.match(slug, /token_(malformed|signature_invalid)/, String(alg))
        }
      }
    }
    for (const extra of [
      { jwk: mine.jwk },
      { jwk: mine.jwk, kid: mine.kid },
      { x5c: ['AAAA'] },
      { x5u: 'http://127.0.0.1:9' },
    ]) {
      assert.equal(
        await slugOf(verifier.verify(await accessToken({ ...mine, kid: key.kid }, {}, extra))),
        'token_signature_invalid',
      )
    }
    for (const crit of [[], ['exp'], 'exp', null]) {
      const header = b64({ ...base, alg: 'ES256', crit })
      assert.equal(await slugOf(verifier.verify(`${header}.${payload}.${signature}`)), 'token_malformed')
    }
  })

  it('cannot be signed with the public key as a secret', async () => {
    const pem = await exportSPKI(key.publicKey)
    for (const secret of [pem, pem.trim(), JSON.stringify(key.jwk), key.jwk.x, key.kid, '']) {
      const message = `${b64({ alg: 'HS256', typ: 'at+jwt', kid: key.kid })}.${b64(accessClaims())}`
      const mac = createHmac('sha256', secret).update(message).digest()
      for (const by of [verifier, new Verifier({ keys: pem, maxStale: null })]) {
        assert.equal(await slugOf(by.verify(`${message}.${b64(mac)}`)), 'token_signature_invalid')
      }
    }
  })

  it('has one spelling', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const [i, part] of good.split('.').entries()) {
      const variants = [
        `${part}=`,
        `${part}==`,
        `${part} `,
        `${part}\n`,
        ` ${part}`,
        `${part}!`,
        `${part.slice(0, 3)}=${part.slice(3)}`,
        `${part}+`,
      ]
      if (part.length % 4) variants.push(part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1)) ^ 1])
      for (const variant of variants) {
        const parts = good.split('.')
        parts[i] = variant
        assert.equal(await slugOf(verifier.verify(parts.join('.'))), 'token_malformed', variant.slice(-8))
      }
    }
  })

  it('is not cut short', async () => {
    for (let end = 1; end < good.length; end += 3) {
      assert.match(await slugOf(verifier.verify(good.slice(0, end))), /token_(malformed|signature_invalid)/)
    }
  })

  it('is not something else altogether', async () => {
    const deep = b64('['.repeat(3000))
    const cases = [
      '.',
      '..',
      'a.b',
      'a.b.c.d',
      'a.b.c.d.e',
      '.'.repeat(6000),
      'x'.repeat(7000),
      'x'.repeat(1_000_000),
      'e30.e30.e30',
      `${deep}.e30.AA`,
      `${b64('{"a":'.repeat(1000))}.e30.AA`,
      `${b64('\ufeff{}')}.e30.AA`,
      `${b64(Buffer.from([0xff, 0xfe]))}.e30.AA`,
      7,
      {},
      [],
      true,
    ]
    for (const token of cases) {
      const slug = await slugOf(verifier.verify(token))
      assert.match(slug, /token_(malformed|wrong_type)/, String(token).slice(0, 20))
    }
    for (const token of [undefined, null, '']) assert.equal(await slugOf(verifier.verify(token)), 'token_missing')
  })

  it('is remembered in claims that nobody can change for the others', async () => {
    const mine = offline(key, { audience: 'shop' })
    const token = await accessToken(key, { aud: ['shop', 'bank'], more: { deep: [{ list: [1] }] } })
    const claims = await mine.verify(token)
    const changes = [
      () => claims.aud.push('x'),
      () => (claims.more.x = 1),
      () => (claims.more.deep[0].list = []),
      () => claims.more.deep[0].list.push(2),
      () => delete claims.more.deep,
    ]
    for (const change of changes) assert.throws(change, TypeError)
    assert.deepEqual((await mine.verify(token)).more, { deep: [{ list: [1] }] })
  })

  it('says nothing twice, though it is signed', async () => {
    const claims = accessClaims()
    const payloads = [
      JSON.stringify(claims).replace('{', '{"role":"ADMIN",'),
      JSON.stringify(claims).replace('{', '{"r\\u006fle":"ADMIN",'),
      `${JSON.stringify(claims)} x`,
      `[${JSON.stringify(claims)}]`,
      'null',
      '"x"',
      '7',
      JSON.stringify({ ...claims, more: [] }).replace('"more":[]', '"more":[{"a":1,"a":2}]'),
    ]
    const { CompactSign } = await import('jose')
    for (const payload of payloads) {
      const token = await new CompactSign(Buffer.from(payload))
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt' })
        .sign(key.privateKey)
      assert.equal(await slugOf(verifier.verify(token)), 'token_malformed', payload.slice(0, 40))
    }
  })

  it('for an audience is for that audience only', async () => {
    const shop = offline(key, { audience: 'shop' })
    assert.equal(await slugOf(shop.verify(await accessToken(key, { aud: 'shop' }))), 'none')
    assert.equal(await slugOf(shop.verify(await accessToken(key, { aud: ['bank', 'shop'] }))), 'none')
    for (const aud of [undefined, 'bank', ['bank'], [], null, {}, 'shop2']) {
      assert.equal(await slugOf(shop.verify(await accessToken(key, { aud }))), 'token_claims_invalid')
    }
  })

  it('is remembered, yet expires, and is asked for freshness, age and role each time', async () => {
    const clock = offsetClock()
    const mine = offline(key, { clock })
    const token = await accessToken(key, { fresh: seconds() + 100, auth_time: seconds() - 50, role: 'USER' })
    for (let i = 0; i < 2; i += 1) {
      assert.equal(await slugOf(mine.verify(token, { fresh: true, maxAge: 60, role: 'USER' })), 'none')
      assert.equal(await slugOf(mine.verify(token, { maxAge: 40 })), 'authentication_too_old')
      assert.equal(await slugOf(mine.verify(token, { role: 'ADMIN' })), 'admin_only')
    }
    clock.pass(101)
    assert.equal(await slugOf(mine.verify(token, { fresh: true })), 'token_not_fresh')
    assert.equal(await slugOf(mine.verify(token)), 'none')
    clock.pass(830)
    assert.equal(await slugOf(mine.verify(token)), 'token_expired')
    clock.wallBy -= 3600
    assert.equal(await slugOf(mine.verify(token)), 'token_not_yet_valid')
  })

  it('that does not say when the password was shown is too old for any age', async () => {
    const token = await accessToken(key, { auth_time: undefined })
    assert.equal(await slugOf(verifier.verify(token, { maxAge: 1e8 })), 'authentication_too_old')
  })

  it('from a refresh is not fresh', async () => {
    const token = await accessToken(key, { fresh: false })
    assert.equal(await slugOf(verifier.verify(token, { fresh: true })), 'token_not_fresh')
    assert.equal(await slugOf(verifier.verify(token, { fresh: false })), 'none')
  })
})

describe('a verifier with a secret', () => {
  const secret = Buffer.alloc(32, 7)
  const token = (head, by = secret) => {
    const message = `${b64(head)}.${b64(accessClaims())}`
    return `${message}.${b64(createHmac('sha256', by).update(message).digest())}`
  }

  it('takes HS256 and nothing else, whatever the kid', async () => {
    for (const keys of [secret, new Uint8Array(secret), secret.toString('base64url')]) {
      const verifier = new Verifier({ keys, maxStale: null })
      assert.equal(await slugOf(verifier.verify(token({ alg: 'HS256', typ: 'at+jwt', kid: 'any' }))), 'none')
      assert.equal(await slugOf(verifier.verify(token({ alg: 'HS256', typ: 'at+jwt' }))), 'none')
      assert.equal(await slugOf(verifier.verify(token({ alg: 'HS512', typ: 'at+jwt' }))), 'token_signature_invalid')
      assert.equal(
        await slugOf(verifier.verify(token({ alg: 'HS256', typ: 'at+jwt' }, Buffer.alloc(32)))),
        'token_signature_invalid',
      )
    }
  })
})

describe('settings', () => {
  it('are refused when they cannot be meant', async () => {
    const { jwk, publicKey } = await makeKey()
    const pem = await exportSPKI(publicKey)
    const small = await makeKey('RS256')
    const cases = [
      {},
      { url: 'ftp://x' },
      { url: 'http://me:pw@x' },
      { url: 'http://x', isuer: 'x' },
      { keys: { keys: [jwk] } },
      { url: 'http://x', maxStale: -1 },
      { url: 'http://x', maxStale: '60' },
      { url: 'http://x', leeway: NaN },
      { url: 'http://x', leeway: 61 },
      { url: 'http://x', clientId: 'a' },
      { keys: Buffer.from(pem.slice(0, 60)), maxStale: null },
      { keys: Buffer.alloc(31), maxStale: null },
      { keys: 'short', maxStale: null },
      { keys: '', maxStale: null },
      { keys: {}, maxStale: null },
      { keys: { keys: [] }, maxStale: null },
      { keys: { ...small.jwk, n: small.jwk.n.slice(0, 171) }, maxStale: null },
      { keys: { kty: 'oct', k: 'AAAA' }, maxStale: null },
      { url: 'http://x', pollEvery: 0 },
      { url: 'http://x', stream: 'yes' },
    ]
    for (const settings of cases) assert.throws(() => new Verifier(settings), TypeError, JSON.stringify(settings))
  })

  it('let the clocks be a minute apart', async () => {
    const verifier = offline(await makeKey(), { leeway: 60 })
    assert.equal(await slugOf(verifier.verify('x')), 'token_malformed')
  })

  it('and demands with a typing error let nobody in', async () => {
    const verifier = offline(await makeKey())
    for (const wanted of [{ frehs: true }, { fresh: 1 }, { maxAge: '5' }, { role: '' }, { toString: 1 }]) {
      await assert.rejects(verifier.verify('x', wanted), TypeError)
    }
  })
})

describe('a refusal', () => {
  it('carries the challenge that is due', () => {
    const challenge = (slug, asked) => new Refusal(slug, asked).headers['WWW-Authenticate']
    assert.equal(challenge('token_missing'), 'Bearer')
    assert.match(challenge('authorization_malformed'), /^Bearer error="invalid_request", error_description="[^"\\]+"$/)
    assert.match(challenge('token_revoked'), /^Bearer error="invalid_token", error_description="[^"\\]+"$/)
    assert.match(challenge('token_malformed'), /error="invalid_token"/)
    assert.match(
      challenge('token_not_fresh'),
      /^Bearer error="insufficient_user_authentication", error_description="[^"\\]+", max_age="0"$/,
    )
    assert.match(
      challenge('authentication_too_old', { maxAge: 300 }),
      /error="insufficient_user_authentication".*, max_age="300"$/,
    )
    assert.equal(challenge('admin_only'), undefined)
    assert.deepEqual(new Refusal('revocations_stale').headers, { 'Retry-After': '1' })
    assert.deepEqual(new Refusal('keys_unavailable').headers, { 'Retry-After': '1' })
  })
})

describe('a statement of the feed', () => {
  it('is no access token', async () => {
    const key = await makeKey()
    const token = await sign(key, 'revocations+jwt', accessClaims())
    assert.equal(await slugOf(offline(key).verify(token)), 'token_wrong_type')
    const renamed = await sign(key, 'at+jwt', { ...accessClaims(), aud: 'revocations', type: 'revocations' })
    assert.equal(await slugOf(offline(key).verify(renamed)), 'token_wrong_type')
  })
})
