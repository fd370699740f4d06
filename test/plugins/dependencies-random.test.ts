import t from 'tap'
import { Ledger, tryLives } from '../../scripts/hardening/random-lives.ts'

const LIVES = 1000

t.test(`of ${LIVES} requests that go as they like, every generator that was opened is closed once`, async t => {
  const seed = Date.now() & 0x7fffffff
  const { opened, wrong } = await tryLives(LIVES, seed)
  t.same(wrong, [], `seed ${seed}`)
  t.ok(opened > LIVES, `${opened} generators`)
})

t.test('what finds a generator that is left open, or closed twice, finds one', async t => {
  const ledger = new Ledger()
  const [once, twice] = [ledger.enter(), ledger.enter(), ledger.enter()]
  for (const id of [once, twice, twice]) ledger.leave(id)
  t.same(ledger.settle(), ['1 generators are open, 1 were closed twice'])
  t.same(ledger.settle(), [])
})
