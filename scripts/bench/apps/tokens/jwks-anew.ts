import { dependency } from '../../../../plugins/dependencies/index.ts'
import { listenWith } from './app.ts'
import { tokenOf } from './load.ts'

/** More than there are requests at once: those with one token share one verification. */
const tokens = Array.from({ length: 1000 }, (_, index) => tokenOf(String(index)))
let turn = 0
const token = dependency(() => tokens[turn++ % tokens.length] as string)

export default (): Promise<number> => listenWith(issuer => issuer.jwks({ token, cache: { max: 0 } }))
