// What a verification costs beside the bare signature check in it, both in one run, taken in turns so that a machine
// that is busy with something else is unfair to both alike: node bench.mjs [rounds]
import crypto from 'node:crypto'
import { jwtVerify } from 'jose'
import { Verifier } from 'usher-verify'
import { StandIn } from './test/support/stand-in.mjs'

const rounds = Number(process.argv[2] ?? 60)
const TOKENS = 200
const WARM = 20

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1]

async function measured(work, count) {
  const before = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - before) / 1000 / count
}

/** The least that can be done to believe a token: one call of Node's crypto over its text. */
function bareCheck(alg, jwk) {
  const key = crypto.createPublicKey({ key: jwk, format: 'jwk' })
  const how = alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key
  const digest = alg === 'EdDSA' ? null : 'sha256'
  return (token) => {
    const end = token.lastIndexOf('.')
    const signature = Buffer.from(token.slice(end + 1), 'base64url')
    if (!crypto.verify(digest, Buffer.from(token.slice(0, end)), how, signature)) throw new Error('not signed')
  }
}

async function bench(alg) {
  const usher = await StandIn.start(alg)
  const settings = { url: usher.url, cacheSize: TOKENS * 4 }
  const [cold, warm] = [new Verifier({ ...settings, cacheSize: 0 }), new Verifier(settings)]
  await Promise.all([cold.start(), warm.start()])
  const tokens = await Promise.all(Array.from({ length: TOKENS }, () => usher.token()))
  const bare = bareCheck(alg, usher.key.jwk)
  const work = {
    bare: async () => {
      for (const token of tokens) bare(token)
    },
    cold: async () => {
      for (const token of tokens) await cold.verify(token)
    },
    jose: async () => {
      for (const token of tokens) await jwtVerify(token, usher.key.publicKey, { issuer: 'usher', typ: 'at+jwt' })
    },
    warm: async () => {
      for (let i = 0; i < WARM; i += 1) for (const token of tokens) await warm.verify(token)
    },
  }
  const taken = { bare: [], cold: [], jose: [], warm: [] }
  for (let round = -5; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(work)) {
      const time = await measured(run, name === 'warm' ? TOKENS * WARM : TOKENS)
      if (round >= 0) taken[name].push(time)
    }
  }
  // Of neighbours in time, so that a change of the machine's pace is in both.
  const ratio = median(taken.cold.map((time, i) => time / taken.bare[i]))
  const us = Object.fromEntries(Object.entries(taken).map(([name, list]) => [name, median(list)]))
  for (const verifier of [cold, warm]) verifier.close()
  await usher.stop()
  return { alg, ...us, ratio }
}

console.log(`node ${process.version}, microseconds a token, median of ${rounds} rounds of ${TOKENS} tokens`)
console.log('alg     bare    cold  cold/bare    warm  warm/bare    jose')
for (const alg of ['ES256', 'EdDSA', 'RS256']) {
  const { bare, cold, warm, jose, ratio } = await bench(alg)
  const cells = [
    bare.toFixed(1).padStart(6),
    cold.toFixed(1).padStart(7),
    ratio.toFixed(3).padStart(10),
    warm.toFixed(2).padStart(7),
    (warm / bare).toFixed(4).padStart(10),
    jose.toFixed(1).padStart(7),
  ]
  console.log(alg.padEnd(5), cells.join(' '))
}
