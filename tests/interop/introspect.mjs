// node introspect.mjs <base url> <client_id> <client_secret> <basic|post>  with one JSON [what, token] on each line of
// standard input (what: introspect, revoke); one line of JSON for each. With oauth4webapi, as its README has it.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import path from 'node:path'

const npm = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'npm', 'package.json')
const oauth = await import(pathToFileURL(createRequire(npm).resolve('oauth4webapi')).href)

const [, , base, clientId, secret, how] = process.argv
const server = {
  issuer: base,
  introspection_endpoint: `${base}/api/introspect`,
  revocation_endpoint: `${base}/api/revoke`,
}
const client = { client_id: clientId }
const authentication = how === 'post' ? oauth.ClientSecretPost(secret) : oauth.ClientSecretBasic(secret)
const options = { [oauth.allowInsecureRequests]: true }

async function ask(what, token) {
  if (what === 'introspect') {
    const response = await oauth.introspectionRequest(server, client, authentication, token, options)
    return oauth.processIntrospectionResponse(server, client, response)
  }
  const response = await oauth.revocationRequest(server, client, authentication, token, options)
  await oauth.processRevocationResponse(response)
  return { revoked: true }
}

for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  try {
    console.log(JSON.stringify(await ask(...JSON.parse(line))))
  } catch (error) {
    const challenge = error.cause?.[0]?.scheme
    console.log(JSON.stringify({ failed: error.name, error: error.error, status: error.status, challenge }))
  }
}
