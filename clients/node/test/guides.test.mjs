import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8')

for (const name of ['express', 'fastify']) {
  it(`the code in the guide for ${name} is an excerpt of the examples, which are run`, () => {
    const examples = ['', '.test'].map((kind) => read(`../examples/${name}${kind}.mjs`)).join('\n')
    const blocks = [...read(`../../../docs/protect/${name}.md`).matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code)
    assert.ok(blocks.length >= 5)
    for (const block of blocks) assert.ok(examples.includes(block), block)
  })
}

it('the README names every setting', () => {
  const settings = /export interface Settings \{([^]*?)\n\}/.exec(read('../src/index.d.ts'))[1]
  const names = [...settings.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name)
  assert.ok(names.length > 10)
  for (const name of names) assert.ok(read('../README.md').includes(`\`${name}\``), name)
})
