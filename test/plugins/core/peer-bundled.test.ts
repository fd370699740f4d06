import { createRequire } from 'node:module'
import t from 'tap'

// As in a bundle of CommonJS; before the module is loaded, which looks once.
const here = import.meta.filename
Object.assign(globalThis, { require: createRequire(here), __filename: here })

const { missingPeers, optionalPeer } = await import('../../../plugins/core/peer.ts')

t.test('in a bundle, a package is what the bundle has in it', async t => {
  const inside = { name: 'inside' }
  t.equal(optionalPeer('app', 'no-such-package', () => inside), inside)
})

t.test('what the bundle lacks is loaded from the disk', async t => {
  t.type(optionalPeer('app', 'croner', () => { throw new Error('Dynamic require of "croner" is not supported') }), 'object')
  t.type(optionalPeer('app', 'croner'), 'object')
})

t.test('what is in neither is named, with the reason of the bundle', async t => {
  const reason = new Error('Dynamic require of "no-such-package" is not supported')
  t.throws(() => optionalPeer('app', 'no-such-package', () => { throw reason }), {
    code: 'APIKIT_ERR_MISSING_PEER', message: 'app needs the package "no-such-package": npm install no-such-package', cause: reason
  })
})

t.test('a file of a package with a scope is missing with its package', async t => {
  t.throws(() => optionalPeer('app', '@no/such-package/file.js'), { message: 'app needs the package "@no/such-package": npm install @no/such-package' })
})

t.test('which packages a bundle has is not asked: each plugin says what it lacks', async t => {
  t.same(missingPeers(['no-such-package']), [])
})
