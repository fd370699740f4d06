import t, { type Test } from 'tap'
import { answerOtherWorkers, askOtherWorkers, type Talk } from '../../../plugins/core/other-workers.ts'
import { declareWorkers } from '../../../plugins/core/workers.ts'

/** What this process says to its primary. */
function toPrimary (t: Test): { readonly said: Talk[], readonly hear: (message: unknown) => void } {
  const said: Talk[] = []
  const { send, connected } = process
  t.teardown(() => { Object.assign(process, { send, connected }) })
  Object.assign(process, { connected: true, send: (message: Talk) => { said.push(message) } })
  return { said, hear: message => { process.emit('message', message, undefined) } }
}

const last = (said: readonly Talk[]): Talk => said.at(-1) as Talk

t.test('a worker answers what it knows, and nothing where it cannot: the one that asks does not wait', async t => {
  declareWorkers({ index: 2, count: 3, secret: '' })
  t.teardown(() => { declareWorkers(undefined) })
  const { said, hear } = toPrimary(t)
  const stops = [answerOtherWorkers('weather', async () => 'rain'), answerOtherWorkers('news', async () => { throw new Error('none') })]
  const answers = async (topic: string): Promise<Talk> => {
    const before = said.length
    hear({ apikit: 'question', id: 7, topic, from: 9 })
    while (said.length === before) await Promise.resolve()
    return last(said)
  }
  t.same(await answers('weather'), { apikit: 'answer', id: 7, to: 9, index: 2, text: 'rain' })
  t.match(await answers('news'), { text: '' })
  t.match(await answers('sports'), { text: '' })
  const newer = answerOtherWorkers('weather', async () => 'sun')
  for (const stop of stops) stop()
  t.match(await answers('weather'), { text: 'sun' }, 'an older one that stops does not take it away')
  newer()
  t.match(await answers('weather'), { text: '' })
  for (const other of [null, 'text', { apikit: 'ready' }]) hear(other)
})

t.test('an answer to a question is that of all that were asked, or of those in time', async t => {
  t.teardown(answerOtherWorkers('weather', async () => ''))
  const { said, hear } = toPrimary(t)
  const all = askOtherWorkers('weather', 60_000)
  const { id } = last(said) as Talk & { id: number }
  t.match(said, [{ apikit: 'ask', topic: 'weather' }])
  // An answer may come before their number does.
  hear({ apikit: 'answer', id, index: 1, text: 'rain' })
  hear({ apikit: 'asked', id, count: 2 })
  hear({ apikit: 'answer', id, index: 3, text: 'sun' })
  t.match(await all, [{ index: 1, text: 'rain' }, { index: 3, text: 'sun' }])
  hear({ apikit: 'answer', id, index: 4, text: 'late' })

  const some = askOtherWorkers('weather', 1)
  hear({ apikit: 'asked', id: id + 1, count: 2 })
  hear({ apikit: 'answer', id: id + 1, index: 1, text: 'rain' })
  t.match(await some, [{ index: 1 }])

  Object.assign(process, { connected: false })
  t.same(await askOtherWorkers('weather', 60_000), [], 'the primary has ended')
  Object.assign(process, { send: undefined })
  t.same(await askOtherWorkers('weather', 60_000), [], 'there was none')
})
