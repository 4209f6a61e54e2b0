import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { StaticKeys } from '../src/keys.js'
import { readStatement } from '../src/statement.js'
import { makeKey, sign } from './support/stand-in.mjs'

const TYP = 'revocations+jwt'
const b64 = (data) => Buffer.from(JSON.stringify(data)).toString('base64url')
const said = { iss: 'usher', aud: 'revocations', type: 'revocations', iat: 1_800_000_000, seq: 1, from: 0, keep: 990 }

describe('a statement', () => {
  let key
  let keys
  before(async () => {
    key = await makeKey()
    keys = new StaticKeys({ keys: [key.jwk] })
  })
  const read = async (claims) =>
    readStatement(await sign(key, TYP, { ...said, sessions: [], users: {}, ...claims }), keys, 'usher')

  it('is as good with any exp, or none', async () => {
    for (const exp of [undefined, 0, 1, 1_800_000_060]) assert.equal((await read({ exp })).seq, 1)
    for (const exp of [null, '0', -1, 1.5]) assert.equal(await read({ exp }), undefined)
  })

  it('that nobody signed is neither hashed nor read, however long it is', async () => {
    const long = 'A'.repeat(30 * 1024 * 1024)
    const header = { alg: 'ES256', typ: TYP, kid: key.kid }
    const statements = [
      long,
      `${long}.e30.AA`,
      `${b64({ ...header, x: long })}.e30.AA`,
      `${b64({ ...header, kid: 'other' })}.${long}.${'A'.repeat(86)}`,
      `${b64({ ...header, alg: 'HS256' })}.${long}.${'A'.repeat(86)}`,
      `${b64(header)}.${long}.${long}`,
      `${b64(header)}.${long}`,
      `${b64(header)}.${long}.AA`,
    ]
    const hash = () => assert.fail('hashed')
    const wary = { find: async (kid) => (keys.known(kid) ? { ...keys.known(kid), isSignedAside: hash } : undefined) }
    const lengths = await parsedBy(async () => {
      for (const statement of statements) assert.equal(await readStatement(statement, wary, 'usher'), undefined)
    })
    assert.ok(lengths.every((length) => length < 1024))
  })

  it('with a signature that is not ours is hashed while the process does something else', async () => {
    const header = b64({ alg: 'ES256', typ: TYP, kid: key.kid })
    const statement = `${header}.${'A'.repeat(30 * 1024 * 1024)}.${'A'.repeat(86)}`
    let turns = 0
    const turning = setInterval(() => (turns += 1), 1)
    assert.equal(await readStatement(statement, keys, 'usher'), undefined)
    clearInterval(turning)
    assert.ok(turns > 0)
  })

  it('is not read as JSON before its signature is found good', async () => {
    const [header, payload] = (await sign(key, TYP, said)).split('.')
    const lengths = await parsedBy(() => readStatement(`${header}.${payload}.${'A'.repeat(86)}`, keys, 'usher'))
    assert.deepEqual(lengths, [Buffer.from(header, 'base64url').length])
  })
})

/** How long the texts were that were read as JSON meanwhile. */
async function parsedBy(act) {
  const { parse } = JSON
  const lengths = []
  JSON.parse = (text) => lengths.push(text.length) && parse(text)
  await act().finally(() => (JSON.parse = parse))
  return lengths
}
