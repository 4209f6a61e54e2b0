// What the feed has said: the state machine of docs/revocations.md, without any I/O.

export class RevocationSet {
  #clock
  #leeway
  #maxStale
  #have = 0
  #heard = -Infinity
  #heardAt = -Infinity
  #ageThen = 0
  #keep = Infinity
  #keepMax = 0
  #newest = { seq: 0, iat: -Infinity }
  #wantsWhole = true
  #wantsSince = -Infinity
  /** @type {Map<string, number>} */
  #sessions = new Map()
  /** @type {Map<string, { gen: number, until: number }>} */
  #users = new Map()

  /**
   * @param {{ clock: { wall(): number, steady(): number }, leeway?: number, maxStale?: number | null }} options
   */
  constructor({ clock, leeway = 30, maxStale = 60 }) {
    this.#clock = clock
    this.#leeway = leeway
    this.#maxStale = maxStale
  }

  /** The highest number up to which it holds everything. */
  get have() {
    return this.#have
  }

  /** `iat` of the newest statement that made it current; null before the first. */
  get heard() {
    return this.#heard === -Infinity ? null : this.#heard
  }

  /** Seconds that a token of this service lives at most; Infinity while no statement has said. */
  get keep() {
    return this.#keep
  }

  get entries() {
    return this.#sessions.size + this.#users.size
  }

  /** Something is missing: ask with `?since=have`, or for the whole set when it wants that. */
  get isBehind() {
    return this.#wantsWhole || this.#have < this.#newest.seq
  }

  get wantsWhole() {
    return this.#wantsWhole
  }

  /**
   * Takes in what a statement says whose signature, issuer, audience and type were found good.
   * @param {{ iat: number, seq: number, from: number, keep: number, sessions: string[], users: Record<string, number> }} statement
   */
  add(statement) {
    this.#remember(statement)
    if (!this.#isAhead(statement) && !this.#isPast(statement)) {
      this.#place(statement)
      this.#date(statement)
    }
    this.#forget()
  }

  /** @param {{ sid: string, sub: string, gen: number }} claims */
  isRevoked({ sid, sub, gen }) {
    if (this.#sessions.has(sid)) return true
    const user = this.#users.get(sub)
    return user !== undefined && gen < user.gen
  }

  /**
   * Seconds since it was last current, by the clock that says more: neither alone can make an old set look new.
   * Infinity before the first time.
   */
  age() {
    return Math.max(this.#clock.wall() - this.#heard, this.#ageThen + this.#clock.steady() - this.#heardAt)
  }

  isStale() {
    return this.#maxStale !== null && this.age() > this.#maxStale
  }

  /**
   * No earlier than this is it at the service, whatever our wall clock says: a clock that was set back must not make
   * an expired token good again whose revocation is forgotten.
   */
  serviceTime() {
    return this.heard === null ? -Infinity : this.#heard + (this.#clock.steady() - this.#heardAt)
  }

  /** Entries are only ever added. Both maps stay in the order of arrival, so that forgetting begins at the front. */
  #remember({ keep, sessions, users }) {
    this.#keepMax = Math.max(this.#keepMax, keep)
    const until = this.#clock.steady() + this.#keepMax + this.#leeway
    for (const sid of sessions) {
      this.#sessions.delete(sid)
      this.#sessions.set(sid, until)
    }
    for (const [sub, lowest] of Object.entries(users)) {
      const gen = Math.max(lowest, this.#users.get(sub)?.gen ?? 0)
      this.#users.delete(sub)
      this.#users.set(sub, { gen, until })
    }
  }

  #place({ iat, seq, from, keep }) {
    if (iat >= this.#newest.iat) this.#keep = keep
    if (iat > this.#newest.iat && seq < this.#newest.seq) {
      // Restored from a backup: it counts anew, and a delta alone does not say what happened since.
      this.#have = seq
      this.#newest = { seq, iat }
      this.#wantsWhole = from !== 0
      this.#wantsSince = iat
      return
    }
    if (iat >= this.#newest.iat) this.#newest = { seq: Math.max(this.#newest.seq, seq), iat }
    if (from > this.#have) return
    if (from === 0 && seq >= this.#have) this.#wantsWhole = false
    this.#have = Math.max(this.#have, seq)
  }

  #date({ iat, seq }) {
    const isComplete = !this.#wantsWhole && this.#have >= seq
    // Of statements of one second the first counts: repeating one does not keep the set young.
    if (!isComplete || iat <= this.#heard) return
    this.#heard = iat
    this.#heardAt = this.#clock.steady()
    this.#ageThen = Math.max(0, this.#clock.wall() - iat)
  }

  /** Drops what can concern no living token any more. */
  #forget() {
    const now = this.#clock.steady()
    for (const [sid, until] of this.#sessions) {
      if (until > now) break
      this.#sessions.delete(sid)
    }
    for (const [sub, { until }] of this.#users) {
      if (until > now) break
      this.#users.delete(sub)
    }
  }

  /** Too far ahead to say anything about the present; believing it would make every later statement look old. */
  #isAhead({ iat }) {
    return iat - this.#clock.wall() > this.#leeway
  }

  /** Of the count before a restore: its numbers say nothing about those of now. */
  #isPast({ iat, seq }) {
    return iat < this.#wantsSince || (iat < this.#newest.iat && seq > this.#newest.seq)
  }
}
