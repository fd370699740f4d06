import { httpBearer } from '../../../../plugins/security/index.ts'
import { credentialsApp } from '../security/scheme-app.ts'

export default credentialsApp(httpBearer({ description: 'HTTP Bearer token scheme' }))
