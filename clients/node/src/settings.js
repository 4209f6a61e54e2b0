// What a verifier is told, checked once: a typing error must not turn into a check that is not made.

const defaults = {
  url: undefined,
  issuer: 'usher',
  audience: undefined,
  leeway: 30,
  maxStale: 60,
  stream: true,
  pollEvery: 1,
  cacheSize: 10_000,
  keys: undefined,
  clientId: undefined,
  clientSecret: undefined,
  startWait: 2,
  httpTimeout: 5,
  clock: undefined,
}

const isText = (value) => typeof value === 'string' && value !== ''
const isSeconds = (value) => typeof value === 'number' && value >= 0 && value < 1e9

/** Usher forgets a revocation so long after the last token that it concerns expired. */
const LEEWAY_MAX = 60

const rules = {
  issuer: [isText, 'a text'],
  audience: [(value) => value === undefined || isText(value), 'a text'],
  leeway: [(value) => isSeconds(value) && value <= LEEWAY_MAX, `seconds, ${LEEWAY_MAX} at most`],
  maxStale: [(value) => value === null || isSeconds(value), 'seconds, or null to accept tokens without the feed'],
  stream: [(value) => typeof value === 'boolean', 'true or false'],
  pollEvery: [(value) => isSeconds(value) && value >= 0.1, 'seconds, 0.1 or more'],
  cacheSize: [(value) => Number.isSafeInteger(value) && value >= 0, 'a number of tokens'],
  startWait: [isSeconds, 'seconds'],
  httpTimeout: [(value) => isSeconds(value) && value > 0, 'seconds'],
}

/** @param {Record<string, any>} given */
export function settingsOf(given = {}) {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(defaults, name)) throw new TypeError(`there is no setting ${name}`)
  }
  const told = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const settings = { ...defaults, ...told }
  for (const [name, [is, what]] of Object.entries(rules)) {
    if (!is(settings[name])) throw new TypeError(`${name}: ${what}`)
  }
  if ((settings.clientId === undefined) !== (settings.clientSecret === undefined)) {
    throw new TypeError('clientId and clientSecret: both or neither')
  }
  if (settings.url === undefined && (settings.keys === undefined || settings.maxStale !== null)) {
    throw new TypeError('url: where Usher is. Without it, give keys, and maxStale: null since there is no feed')
  }
  return { ...settings, url: baseOf(settings.url) }
}

/** @param {string | URL | undefined} url */
function baseOf(url) {
  if (url === undefined) return undefined
  const base = new URL(url)
  if (!['http:', 'https:'].includes(base.protocol)) throw new TypeError('url: http or https')
  if (base.username || base.password) throw new TypeError('url: without a name and password; see clientId')
  return base.origin + base.pathname.replace(/\/+$/, '')
}

const demandRules = {
  fresh: [(value) => typeof value === 'boolean', 'true or false'],
  optional: [(value) => typeof value === 'boolean', 'true or false'],
  maxAge: [isSeconds, 'seconds'],
  role: [isText, 'a text'],
}

/** What is wanted of a token, checked: `{ frehs: true }` must not let everybody in. */
export function demandOf(given = {}) {
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(demandRules, name) ? demandRules[name] : undefined
    if (rule === undefined) throw new TypeError(`nothing called ${name} can be wanted of a token`)
    if (value !== undefined && !rule[0](value)) throw new TypeError(`${name}: ${rule[1]}`)
  }
  return given
}
