// node verify.mjs <jwks url | pem file> <issuer> <algorithm> [careless]  with one token on each line of standard
// input; one line of JSON for each. Careless: any `typ` will do.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import path from 'node:path'

const npm = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'npm', 'package.json')
const { createRemoteJWKSet, importSPKI, jwtVerify } = await import(
  pathToFileURL(createRequire(npm).resolve('jose')).href
)

const [, , where, issuer, algorithm, careless] = process.argv
const demands = careless ? { issuer } : { issuer, typ: 'at+jwt' }
const keys = where.startsWith('http')
  ? createRemoteJWKSet(new URL(where))
  : await importSPKI(readFileSync(where, 'utf8'), algorithm)

for (const token of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, demands)
    console.log(JSON.stringify({ ok: true, payload, header: protectedHeader }))
  } catch (error) {
    console.log(JSON.stringify({ ok: false, error: error.code ?? String(error) }))
  }
}
