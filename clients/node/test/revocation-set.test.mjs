import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RevocationSet } from 'usher-verify'
import { manualClock } from './support/stand-in.mjs'

const token = { sid: 's1', sub: '7', gen: 1 }

function setUp(options) {
  const clock = manualClock()
  const set = new RevocationSet({ clock, ...options })
  const hear = (seq, from, { iat = clock.now, sessions = [], users = {}, keep = 990 } = {}) =>
    set.add({ iat, seq, from, keep, sessions, users })
  return { clock, set, hear }
}

describe('a revocation set', () => {
  it('knows nothing and is stale before it has heard the whole set', () => {
    const { set, hear } = setUp()
    assert.equal(set.isStale(), true)
    assert.equal(set.isBehind, true)
    hear(812, 812)
    assert.equal(set.isStale(), true)
    assert.equal(set.heard, null)
    hear(812, 0)
    assert.equal(set.isStale(), false)
    assert.deepEqual([set.have, set.isBehind, set.age()], [812, false, 0])
  })

  it('takes an empty feed for a whole one', () => {
    const { set, hear } = setUp()
    hear(0, 0)
    assert.deepEqual([set.have, set.isBehind, set.isStale()], [0, false, false])
  })

  it('knows dead sessions, and users by generation', () => {
    const { set, hear } = setUp()
    hear(2, 0, { sessions: ['s9'], users: { 7: 3, 8: 9007199254740991 } })
    assert.equal(set.isRevoked({ ...token, sid: 's9' }), true)
    assert.equal(set.isRevoked({ ...token, gen: 2 }), true)
    assert.equal(set.isRevoked({ ...token, gen: 3 }), false)
    assert.equal(set.isRevoked({ ...token, sub: '8', gen: 1_000_000 }), true)
    assert.equal(set.isRevoked({ ...token, sub: '9' }), false)
    assert.equal(set.entries, 3)
  })

  it('never takes an entry back, whatever is replayed or said later', () => {
    const { clock, set, hear } = setUp()
    hear(1, 0)
    hear(2, 1, { sessions: ['s1'], users: { 7: 5 } })
    clock.pass(1)
    hear(2, 0, { users: { 7: 2 } })
    hear(1, 0, { iat: clock.now - 30 })
    assert.equal(set.isRevoked(token), true)
    assert.equal(set.isRevoked({ ...token, sid: 's2', gen: 4 }), true)
  })

  it('sees a gap, is not made current by it, and is again when it is filled', () => {
    const { clock, set, hear } = setUp()
    hear(10, 0)
    clock.pass(5)
    hear(13, 12)
    assert.deepEqual([set.have, set.isBehind, set.age()], [10, true, 5])
    hear(12, 10, { sessions: ['s1'] })
    assert.deepEqual([set.have, set.isBehind], [12, true])
    hear(13, 12)
    assert.deepEqual([set.have, set.isBehind, set.age(), set.isRevoked(token)], [13, false, 0, true])
  })

  it('adds the entries of a statement that leaves a gap', () => {
    const { set, hear } = setUp()
    hear(10, 0)
    hear(13, 12, { sessions: ['s1'] })
    assert.equal(set.isRevoked(token), true)
  })

  it('is not made to look current by a replayed statement', () => {
    const { clock, set, hear } = setUp()
    const then = clock.now
    hear(10, 0)
    for (let i = 0; i < 12; i += 1) {
      clock.pass(5)
      hear(10, 10, { iat: then })
      hear(10, 0, { iat: then - 7 })
    }
    assert.equal(set.age(), 60)
    assert.equal(set.isStale(), false)
    clock.pass(1)
    assert.equal(set.isStale(), true)
  })

  it('takes statements in any order', () => {
    const statements = [
      [10, 0],
      [11, 10],
      [12, 11],
      [13, 12],
    ]
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 0, 3, 1],
      [1, 3, 0, 2, 1, 3],
    ]) {
      const { set, hear } = setUp()
      for (const i of order) hear(...statements[i], { sessions: [`s${i}`] })
      assert.equal(set.isBehind, set.have < 13)
      hear(13, set.have) // the answer to ?since=have
      for (const i of [0, 1, 2, 3]) assert.equal(set.isRevoked({ ...token, sid: `s${i}` }), true)
      assert.deepEqual([set.have, set.isBehind], [13, false], order)
    }
  })

  it('sees that the service was restored, keeps what it knows and waits for the whole new set', () => {
    const { clock, set, hear } = setUp()
    hear(812, 0, { sessions: ['s1'] })
    clock.pass(5)
    hear(700, 700)
    assert.deepEqual([set.have, set.wantsWhole, set.age()], [700, true, 5])
    hear(701, 700, { sessions: ['s2'] })
    assert.deepEqual([set.have, set.age()], [701, 5])
    hear(701, 0, { iat: clock.now - 1 })
    assert.equal(set.wantsWhole, true)
    hear(701, 0, { sessions: ['s3'] })
    assert.deepEqual([set.have, set.isBehind, set.age()], [701, false, 0])
    for (const sid of ['s1', 's2', 's3']) assert.equal(set.isRevoked({ ...token, sid }), true)
  })

  it('sees a restore in the middle of a gap too', () => {
    const { clock, set, hear } = setUp()
    hear(810, 0)
    clock.pass(1)
    hear(815, 814)
    clock.pass(1)
    hear(812, 812)
    assert.deepEqual([set.wantsWhole, set.age()], [true, 2])
    hear(812, 0, { sessions: ['s1'] })
    assert.deepEqual([set.have, set.isBehind, set.age(), set.isRevoked(token)], [812, false, 0, true])
  })

  it('does not count on with what the service said before it was restored', () => {
    const { clock, set, hear } = setUp()
    const before = clock.now
    hear(812, 0)
    clock.pass(5)
    hear(3, 0)
    hear(815, 0, { iat: before + 4, sessions: ['s1'] })
    hear(815, 3, { iat: before + 4 })
    assert.deepEqual([set.have, set.isBehind, set.isRevoked(token)], [3, false, true])
    clock.pass(5)
    hear(5, 4)
    assert.deepEqual([set.have, set.isBehind], [3, true])
  })

  it('is complete at once when the restored service sends the whole set', () => {
    const { clock, set, hear } = setUp()
    hear(812, 0)
    clock.pass(1)
    hear(3, 0, { sessions: ['s1'] })
    assert.deepEqual([set.have, set.isBehind, set.age(), set.isRevoked(token)], [3, false, 0, true])
  })

  it('is not led to believe in a restore by an old statement', () => {
    const { clock, set, hear } = setUp()
    hear(812, 0)
    clock.pass(1)
    hear(700, 700, { iat: clock.now - 100 })
    assert.deepEqual([set.have, set.isBehind], [812, false])
  })

  it('forgets an entry when the last token it could concern has expired, and not before', () => {
    const { clock, set, hear } = setUp({ leeway: 30 })
    hear(2, 0, { sessions: ['s1'], users: { 7: 3 }, keep: 100 })
    clock.pass(129)
    hear(2, 2, { keep: 100 })
    assert.equal(set.entries, 2)
    clock.pass(2)
    hear(2, 2, { keep: 100 })
    assert.equal(set.entries, 0)
  })

  it('keeps entries by a clock that nobody sets', () => {
    const { clock, set, hear } = setUp()
    hear(1, 0, { sessions: ['s1'] })
    clock.now += 3600
    hear(1, 1)
    assert.equal(set.isRevoked(token), true)
    clock.now -= 7200
    clock.at += 10
    hear(1, 1)
    assert.equal(set.isRevoked(token), true)
  })

  it('grows old by either clock', () => {
    const { clock, set, hear } = setUp()
    hear(1, 0)
    clock.now -= 3600
    clock.at += 61
    assert.equal(set.isStale(), true)
    const other = setUp()
    other.hear(1, 0)
    other.clock.now += 61
    assert.equal(other.set.isStale(), true)
    const late = setUp()
    late.hear(1, 0, { iat: late.clock.now - 50 })
    late.clock.now -= 3600
    late.clock.at += 11
    assert.equal(late.set.isStale(), true)
  })

  it('does not believe a statement from the future, and so recovers from it', () => {
    const { clock, set, hear } = setUp()
    hear(5, 0)
    hear(9, 5, { iat: clock.now + 3600, sessions: ['s1'] })
    assert.deepEqual([set.have, set.age(), set.isRevoked(token)], [5, 0, true])
    clock.pass(5)
    hear(9, 5)
    assert.deepEqual([set.have, set.age()], [9, 0])
  })

  it('knows that it is not earlier than it was at the service', () => {
    const { clock, set, hear } = setUp()
    assert.equal(set.serviceTime(), -Infinity)
    const then = clock.now
    hear(1, 0)
    clock.at += 10
    clock.now -= 3600
    assert.equal(set.serviceTime(), then + 10)
  })

  it('is never stale where nobody asks it to be', () => {
    const { clock, set, hear } = setUp({ maxStale: null })
    assert.equal(set.isStale(), false)
    hear(1, 0, { sessions: ['s1'] })
    clock.pass(100_000)
    assert.equal(set.isStale(), false)
  })

  it('forgets a million entries as they age, and holds them until then', () => {
    const { clock, set, hear } = setUp()
    const sessions = Array.from(
      { length: 1_000_000 },
      (_, i) => `019ab7d2-7f3c-7a01-8b12-${String(i).padStart(12, '0')}`,
    )
    hear(1_000_000, 0, { sessions })
    assert.equal(set.isRevoked({ ...token, sid: sessions[777_777] }), true)
    clock.pass(1021)
    hear(1_000_000, 1_000_000)
    assert.equal(set.entries, 0)
  })
})
