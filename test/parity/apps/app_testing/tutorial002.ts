export { default } from './hello.ts'
