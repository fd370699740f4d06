import { filesApp } from './files-app.ts'

export default filesApp()
