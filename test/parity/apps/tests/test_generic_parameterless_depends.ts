import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'

class A {}
class B {}

/** FastAPI's `Annotated[T, Depends()]`: the class is all that there is to say. */
function made<T> (Class: new () => T) {
  return dependency(Class)
}

export default dependentApp(async app => {
  app.get('/a', {
    config: { depends: { dep: made(A) } },
    schema: { summary: 'A' }
  }, async ({ deps: { dep } }) => ({ cls: dep.constructor.name }))

  app.get('/b', {
    config: { depends: { dep: made(B) } },
    schema: { summary: 'B' }
  }, async ({ deps: { dep } }) => ({ cls: dep.constructor.name }))
})
