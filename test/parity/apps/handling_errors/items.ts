export const items = new Map([['foo', 'The Foo Wrestlers']])
