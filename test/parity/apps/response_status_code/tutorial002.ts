// The status by its name, which in JavaScript has none.
export { default } from './tutorial001.ts'
