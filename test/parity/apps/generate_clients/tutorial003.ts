import { parityApp } from '../app.ts'
import { routes } from './tagged.ts'

export default parityApp(routes, {
  docs: { generateUniqueId: ({ tags, name }) => `${tags[0]}-${name}` }
})
