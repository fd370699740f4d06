import { filesApp } from './files-app.ts'

export default filesApp({ bytes: 'Multiple files as bytes', uploads: 'Multiple files as UploadFile' })
