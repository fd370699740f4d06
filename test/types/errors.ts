// Compiled, never run.
import Fastify from 'fastify'
import errors, { Conflict, type ErrorClass, HttpError, httpError, NotFound } from '../../plugins/errors/index.ts'

const app = Fastify()
app.register(errors)
app.register(errors, { notFound: false })
app.register(errors, { trust: [TypeError, NotFound] })
app.register(errors, { trust: error => error instanceof TypeError })
// @ts-expect-error -- classes stand in a list
app.register(errors, { trust: TypeError })
// @ts-expect-error -- it says yes or no at once
app.register(errors, { trust: async () => true })
// @ts-expect-error -- there is no such option
app.register(errors, { notfound: false })

class OutOfStock extends Conflict {
  readonly sku: string
  constructor (sku: string) {
    super({ sku })
    this.sku = sku
  }
}

// The handler knows the class; the app is given back as what it is.
app.handle(OutOfStock, async (error, request, reply) => {
  const sku: string = error.sku
  return reply.code(410).send({ sku, url: request.url })
}).handle(404, error => error.message).get('/', async () => 'ok')
// @ts-expect-error -- a plain Error has no sku
app.handle(Error, error => error.sku)
// @ts-expect-error -- a string is no class
app.handle('Error', () => {})

// Detail is any value, headers are strings.
export const thrown: HttpError[] = [new HttpError(404), new HttpError(404, { any: ['thing'] }, { 'x-error': 'a' }), new NotFound(), new OutOfStock('pen')]
// @ts-expect-error -- a header is text
export const badHeader = new NotFound('x', { 'x-error': 1 })
// @ts-expect-error -- the status of a named error is its own
export const badStatus = new NotFound(404, 'x', 'y')

export const status: number = NotFound.status
export const title: unknown = NotFound.schema.title
export class Tea extends httpError(418, 'Tea') {}
export const classes: Array<ErrorClass<Error>> = [Error, TypeError, HttpError, NotFound, OutOfStock, Tea]
