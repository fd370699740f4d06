import basic from '../../../../routes/basic/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(basic, {
  docs: {
    title: 'My Super Project',
    description: 'This is a very fancy project, with auto docs for the API and everything',
    version: '6.6.6',
    openapiUrl: '/api/v1/openapi.json',
    docsUrl: '/documentation',
    redocUrl: null
  }
})
