import { openIdConnect } from '../../../../plugins/security/index.ts'
import { userApp } from '../security/scheme-app.ts'

export default userApp(openIdConnect({ openIdConnectUrl: '/openid', optional: true }))
