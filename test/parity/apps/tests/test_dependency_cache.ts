import { dependency, fresh, scoped } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'

/** One for each route: the recording test counts anew for each. */
function counting () {
  let count = 0
  const counter = dependency(() => ++count)
  return { counter, subCounter: dependency({ needs: { counter } }, ({ counter }) => counter) }
}

export default dependentApp(async app => {
  const plain = counting()
  app.get('/counter/', {
    config: { depends: { counter: plain.counter } },
    schema: { summary: 'Get Counter' }
  }, async ({ deps }) => deps)

  const sub = counting()
  app.get('/sub-counter/', {
    config: { depends: { subcounter: sub.subCounter, counter: sub.counter } },
    schema: { summary: 'Get Sub Counter' }
  }, async ({ deps }) => deps)

  const uncached = counting()
  app.get('/sub-counter-no-cache/', {
    config: { depends: { subcounter: uncached.subCounter, counter: fresh(uncached.counter) } },
    schema: { summary: 'Get Sub Counter No Cache' }
  }, async ({ deps }) => deps)

  const { counter } = counting()
  app.get('/scope-counter', {
    config: { depends: { counter, scope_counter_1: scoped(counter, ['scope']), scope_counter_2: scoped(counter, ['scope']) } },
    schema: { summary: 'Get Scope Counter' }
  }, async ({ deps }) => deps)
})
