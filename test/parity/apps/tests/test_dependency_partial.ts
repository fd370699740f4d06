import { Type } from '@fastify/type-provider-typebox'
import { type Dependency, dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const text = (value: string) => value
const textLater = async (value: string) => value
const generated = function * (value: string) { yield value }
const generatedLater = async function * (value: string) { yield value }

/** JavaScript has no callable instances; a method comes nearest. */
class Methods {
  readonly #prefix = ''

  text (value: string) { return this.#prefix + value }
  async textLater (value: string) { return this.#prefix + value }
  * generated (value: string) { yield this.#prefix + value }
  async * generatedLater (value: string) { yield this.#prefix + value }
}
const methods = new Methods()

const dependencies: Readonly<Record<string, (value: string) => Dependency<string>>> = {
  'partial-function-dependency': value => dependency(text.bind(null, value)),
  'partial-async-function-dependency': value => dependency(textLater.bind(null, value)),
  'partial-gen-dependency': value => dependency(generated.bind(null, value)),
  'partial-async-gen-dependency': value => dependency(generatedLater.bind(null, value)),
  'partial-callable-dependency': value => dependency(methods.text.bind(methods, value)),
  'partial-callable-gen-dependency': value => dependency(methods.generated.bind(methods, value)),
  'partial-async-callable-dependency': value => dependency(methods.textLater.bind(methods, value)),
  'partial-async-callable-gen-dependency': value => dependency(methods.generatedLater.bind(methods, value)),
  'partial-synchronous-method-dependency': value => dependency(methods.text.bind(methods, value)),
  'partial-synchronous-method-gen-dependency': value => dependency(methods.generated.bind(methods, value)),
  'partial-asynchronous-method-dependency': value => dependency(methods.textLater.bind(methods, value)),
  'partial-asynchronous-method-gen-dependency': value => dependency(methods.generatedLater.bind(methods, value))
}

export default dependentApp(async app => {
  for (const [name, partial] of Object.entries(dependencies)) {
    app.get(`/${name}`, {
      config: { depends: { value: partial(name) } },
      schema: { response: { 200: Type.String() } }
    }, async ({ deps }) => deps.value)
  }
})
