import { httpBasic } from '../../../../plugins/security/index.ts'
import { credentialsApp } from '../security/scheme-app.ts'

export default credentialsApp(httpBasic({ optional: true }))
