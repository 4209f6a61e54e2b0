import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { StandIn, until } from './support/stand-in.mjs'

const script = `
import { Verifier } from 'usher-verify'
const [url, token] = process.argv.slice(-2)
const claims = await new Verifier({ url }).verify(token)
console.log(claims.sub)
`

it('a process that verified a token ends by itself, though the stream is open', async () => {
  const usher = await StandIn.start()
  const folder = fileURLToPath(new URL('..', import.meta.url))
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, '--', usher.url, await usher.token()], {
    cwd: folder,
  })
  const text = []
  child.stdout.on('data', (chunk) => text.push(chunk))
  child.stderr.on('data', (chunk) => text.push(chunk))
  const [status] = await once(child, 'close')
  assert.equal(Buffer.concat(text).toString(), '7\n')
  assert.equal(status, 0)
  await until(() => usher.listeners.size === 0)
  await usher.stop()
})
