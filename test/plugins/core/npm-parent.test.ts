import t, { type Test } from 'tap'
import { endWithNpm } from '../../../plugins/core/http/npm-parent.ts'

function started (t: Test, script: string | undefined): void {
  const { npm_lifecycle_event: before } = process.env
  const set = (event: string | undefined): void => {
    delete process.env.npm_lifecycle_event
    if (event !== undefined) process.env.npm_lifecycle_event = event
  }
  set(script)
  t.teardown(() => { set(before) })
}

t.test('a process of an npm script is told to end when its shell is gone', async t => {
  started(t, 'start')
  const killed = Promise.withResolvers<unknown[]>()
  t.intercept(process, 'kill', { value: (...args: unknown[]) => { killed.resolve(args) } })
  const shell = process.ppid
  let looks = 0
  t.intercept(process, 'ppid', { get: () => ++looks > 2 ? shell + 1 : shell, configurable: true })
  const timer = setTimeout(() => {}, 60_000) // keeps the test alive: the watch does not
  endWithNpm()
  t.same(await killed.promise, [process.pid, 'SIGTERM'])
  clearTimeout(timer)
})

t.test('any other process is left alone', async t => {
  started(t, undefined)
  const timers = t.capture(globalThis, 'setInterval')
  endWithNpm()
  t.same(timers(), [])
})
