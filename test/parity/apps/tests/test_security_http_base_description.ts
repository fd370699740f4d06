import { httpBase } from '../../../../plugins/security/index.ts'
import { credentialsApp } from '../security/scheme-app.ts'

export default credentialsApp(httpBase({ scheme: 'Other', description: 'Other Security Scheme' }))
