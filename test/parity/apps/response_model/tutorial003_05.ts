export { default } from './tutorial003_02.ts'
