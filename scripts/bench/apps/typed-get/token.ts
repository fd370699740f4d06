import { createHmac } from 'node:crypto'

export const secret = 'the secret of the bench: 32 bytes, or more'

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: 'token-of-alice', iat: 1_700_000_000, exp: 4_102_444_800 })}`

/** Of alice, until 2100. */
export const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
