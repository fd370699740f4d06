import { httpBasic } from '../../../../plugins/security/index.ts'
import { credentialsApp } from './scheme-app.ts'

export default credentialsApp(httpBasic())
