import { httpDigest } from '../../../../plugins/security/index.ts'
import { credentialsApp } from '../security/scheme-app.ts'

export default credentialsApp(httpDigest({ description: 'HTTPDigest scheme' }))
