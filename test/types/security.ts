// Compiled, never run.
import Fastify from 'fastify'
import { type Dependency, scoped } from '../../plugins/dependencies/index.ts'
import security, {
  apiKey, type BasicCredentials, httpBasic, httpBearer, type HttpCredentials, oauth2PasswordBearer, type PasswordForm, passwordForm
} from '../../plugins/security/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
/** Compiles when the type of a value is the one expected, neither wider nor narrower. */
declare const same: <Expected>() => <Actual>(value: Actual, ...proof: Equal<Actual, Expected> extends true ? [] : [never]) => void
declare const sometimes: boolean

same<Dependency<string>>()(oauth2PasswordBearer({ tokenUrl: 'token' }))
same<Dependency<HttpCredentials>>()(httpBearer())
same<Dependency<BasicCredentials>>()(httpBasic({ realm: 'x', optional: false }))
// A value that may be missing says so.
same<Dependency<string | null>>()(apiKey({ in: 'query', name: 'k', optional: true }))
same<Dependency<HttpCredentials | null>>()(httpBearer({ optional: sometimes }))

// @ts-expect-error -- there is no token without a place to get it
oauth2PasswordBearer({})
// @ts-expect-error -- a key is not sent in a body
apiKey({ in: 'body', name: 'k' })
// @ts-expect-error -- an error is an error
httpBearer({ notAuthenticated: () => 403 })

const app = Fastify()
app.register(security)
app.guard({ default: 'deny', public: ['/docs'] })
// @ts-expect-error -- it denies or allows
app.guard({ default: 'maybe' })
app.get('/', { config: { public: true } }, async () => 1)
// @ts-expect-error -- it is public or it is not
app.get('/', { config: { public: 'yes' } }, async () => 1)
app.get('/', { config: { depends: { token: scoped(oauth2PasswordBearer({ tokenUrl: 'token' }), ['a']), form: passwordForm } } }, async ({ deps }) => {
  same<string>()(deps.token)
  same<PasswordForm>()(deps.form)
})
