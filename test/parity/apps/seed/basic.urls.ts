import basic from '../../../../routes/basic/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(basic, { docs: { openapiUrl: '/api/v1/openapi.json', docsUrl: '/documentation', redocUrl: null } })
