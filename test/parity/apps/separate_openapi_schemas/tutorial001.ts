import { parityApp } from '../app.ts'
import { routes } from './items.ts'

export default parityApp(routes)
