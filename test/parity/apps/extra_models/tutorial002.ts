export { default } from './user.ts'
