import { oauth2 } from '../../../../plugins/security/index.ts'
import { flows } from '../security/flows.ts'
import { userApp } from '../security/scheme-app.ts'

export default userApp(oauth2({ flows, description: 'OAuth2 security scheme', optional: true }), { login: true })
