import { listenWith } from './app.ts'

export default (): Promise<number> => listenWith(issuer => issuer.jwks())
