import { createRequire } from 'node:module'
import { scryptSync } from 'node:crypto'
import t, { type Test } from 'tap'
import { Passwords, type PasswordOptions } from '../../plugins/security/index.ts'

const load = createRequire(import.meta.url)
const argon2 = load('@node-rs/argon2')
const bcrypt = load('@node-rs/bcrypt')

const OWN = 'argon2id m=8,t=1,p=1'
const cheap = (options: PasswordOptions = {}) => new Passwords({ memoryCost: 8, timeCost: 1, ...options })

/** 16 and 32 bytes, in base64. */
const [SALT, KEY] = ['c2FsdHNhbHRzYWx0c2FsdA', 'a2V5IGtleSBrZXkga2V5IGtleSBrZXkga2V5IGtleSA']
const TAIL = `${SALT}$${KEY}`
const BCRYPT = '.KkKLg5Qxu3p1NKJbYdzjezwElN.E5zkEj0SPyj4yWTYXtzRrULG6'
const HEX = Buffer.from(KEY, 'base64').toString('hex')
const argon2id = (m: number, t: number, p = 1) => `$argon2id$v=19$m=${m},t=${t},p=${p}$${TAIL}`

/** What is verified from now on, by algorithm and cost. */
function watch (t: Test): () => string[] {
  const seen: string[] = []
  for (const library of [argon2, bcrypt]) {
    const { verify } = library
    library.verify = (...args: [string, string]) => {
      const [, algorithm, version, cost] = String(library === argon2 ? args[0] : args[1]).split('$')
      seen.push(`${algorithm} ${library === argon2 ? cost : version}`)
      return verify(...args)
    }
    t.teardown(() => { library.verify = verify })
  }
  return () => seen.splice(0)
}

t.test('a stored hash above a limit is refused before anything is hashed, one at the limit is verified', async t => {
  const limits = { maxMemoryCost: 64, maxTimeCost: 3, maxParallelism: 2, maxScryptCost: 1024, maxBcryptCost: 5 }
  const passwords = cheap(limits)
  const verified = watch(t)
  for (const [hash, message] of [
    [argon2id(65, 1), 'memory in KiB is 65, above maxMemoryCost 64'],
    [argon2id(8, 4), 'time cost is 4, above maxTimeCost 3'],
    [argon2id(64, 1, 3), 'parallelism is 3, above maxParallelism 2'],
    [`$argon2i$v=16$m=8,t=4294967295,p=1$${TAIL}`, 'time cost is 4294967295, above maxTimeCost 3'],
    [`$argon2d$v=19$m=4294967295,t=1,p=1$${TAIL}`, 'memory in KiB is 4294967295, above'],
    [`$2b$06$${BCRYPT}`, 'bcrypt cost is 6, above maxBcryptCost 5'],
    [`$2y$31$${BCRYPT}`, 'bcrypt cost is 31, above maxBcryptCost 5'],
    [`$scrypt$ln=10,r=1,p=2$${TAIL}`, 'memory in KiB is 128, above maxMemoryCost 64'],
    [`$scrypt$ln=1,r=1,p=1000$${TAIL}`, 'memory in KiB is 125, above maxMemoryCost 64'],
    [`$scrypt$ln=9,r=1,p=3$${TAIL}`, 'scrypt cost N·r·p is 1536, above maxScryptCost 1024'],
    [`scrypt:512:1:3$saltsalt$${HEX}`, 'scrypt cost N·r·p is 1536, above maxScryptCost 1024']
  ] as const) await t.rejects(passwords.verify('secret', hash), { code: 'APIKIT_ERR_PASSWORD_HASH', statusCode: 500, message }, hash)
  t.same(verified(), [])

  for (const hash of [argon2id(64, 3, 2), `$2b$05$${BCRYPT}`, `$scrypt$ln=9,r=1,p=2$${TAIL}`, `scrypt:512:1:2$saltsalt$${HEX}`]) t.equal(await passwords.verify('secret', hash), false, hash)
})

t.test('by default a stored hash costs about a second at most', async t => {
  const passwords = cheap()
  for (const hash of [
    argon2id(262_145, 1), argon2id(65_536, 11), argon2id(65_536, 1, 17), `$2b$15$${BCRYPT}`, `$scrypt$ln=18,r=8,p=3$${TAIL}`, `$scrypt$ln=19,r=8,p=1$${TAIL}`, `scrypt:2:1048577:1$saltsalt$${HEX}`
  ]) await t.rejects(passwords.verify('secret', hash), { code: 'APIKIT_ERR_PASSWORD_HASH' }, hash)
})

t.test('a stored hash that is malformed or cut off is an error, never a match, and is not in the message', async t => {
  const passwords = cheap()
  const verified = watch(t)
  const key = scryptSync('right', 'saltsalt', 64, { N: 2, r: 1, p: 1 })
  const [base64, hex] = [key.toString('base64').replaceAll('=', ''), key.toString('hex')]
  const cases: Array<readonly [string, RegExp]> = [
    ...['', ' ', '!', 'secret', '5f4dcc3b5aa765d61d8327deb882cf99', '$argon2id$', argon2id(8, 1).slice(0, 30), `${argon2id(8, 1)}$`, ` ${argon2id(8, 1)}`, `${argon2id(8, 1)}\n`,
      `$argon2id$v=19$m=08,t=1,p=1$${TAIL}`, `$argon2id$v=18$m=8,t=1,p=1$${TAIL}`, `$argon2id$m=8,t=1,p=1$${TAIL}`, `$argon2id$v=19$m=8,t=0,p=1$${TAIL}`, `$argon2id$v=19$m=8,t=1,p=1,keyid=AAAA$${TAIL}`,
      `$argon2id$v=19$m=8,t=1,p=1$${SALT}$${'A'.repeat(1000)}`, `$2x$04$${BCRYPT}`, `$2b$04$${BCRYPT.slice(1)}`, `$2b$04$${BCRYPT}.`, `$2b$04$${BCRYPT.slice(0, 22)}`, `$2b$04$${BCRYPT.slice(0, -1)}7`,
      `$2b$04$${BCRYPT.slice(0, 21)}f${BCRYPT.slice(22)}`, `$scrypt$ln=1,r=1,p=1$${SALT}$`, `scrypt:2:1:1$$${hex}`, `scrypt:2:1:1$saltsalt$${hex.toUpperCase()}`
    ].map(hash => [hash, /its format is unknown or it is cut off\. Expected Argon2, bcrypt or scrypt$/] as const),
    ...[1, 2, 3, 4, 21].map(length => [`$scrypt$ln=1,r=1,p=1$c2FsdHNhbHQ$${base64.slice(0, length)}`, /its key is (malformed|shorter than 16 bytes)$/] as const),
    ...[1, 2, 30, 31].map(length => [`scrypt:2:1:1$saltsalt$${hex.slice(0, length)}`, /its key is (malformed|shorter than 16 bytes)$/] as const),
    [`scrypt:2:1:1$saltsalt$${hex.slice(0, 33)}`, /its key is malformed$/],
    [`scrypt:2:1:1$salt$${hex}`, /its salt is shorter than 8 bytes$/],
    [`$scrypt$ln=1,r=1,p=1$c2FsdA$${base64}`, /its salt is shorter than 8 bytes$/],
    [`$scrypt$ln=1,r=1,p=1$c2FsdHNhbHR$${base64}`, /its salt is malformed$/],
    [`$argon2id$v=19$m=8,t=1,p=1$c2FsdA$${KEY}`, /its salt is shorter than 8 bytes$/],
    [`$argon2id$v=19$m=8,t=1,p=1$${SALT}$AAAAAA`, /its key is shorter than 16 bytes$/],
    [`$argon2id$v=19$m=8,t=1,p=1$${SALT}$A`, /its key is malformed$/],
    [`$argon2id$v=19$m=8,t=1,p=1$${SALT}x$${KEY}`, /its salt is malformed$/],
    [argon2id(8, 1, 2), /Argon2 must have at least 8 KiB of memory for each lane$/],
    [`$2b$03$${BCRYPT}`, /the cost of bcrypt must be at least 4$/],
    ...['$scrypt$ln=0,r=8,p=1', '$scrypt$ln=4,r=0,p=1', '$scrypt$ln=4,r=1,p=0', '$scrypt$ln=16,r=1,p=1'].map(start => [`${start}$${TAIL}`, /N, r and p are not valid parameters of scrypt$/] as const),
    ...['scrypt:0:8:1', 'scrypt:1:8:1', 'scrypt:1000:8:1'].map(start => [`${start}$saltsalt$${hex}`, /N, r and p are not valid parameters of scrypt$/] as const)
  ]
  for (const [hash, message] of cases) {
    for (const text of ['right', '']) {
      const error: Error & { code?: string } = await passwords.verify(text, hash).then(valid => t.fail(`${hash}: ${valid}`), error => error)
      t.equal(error.code, 'APIKIT_ERR_PASSWORD_HASH', hash)
      t.match(error.message, message, hash)
      t.notMatch(error.message, /[A-Za-z0-9+/]{20}/)
    }
    await t.rejects(passwords.verifyAndUpdate('x'.repeat(5000), hash), { code: 'APIKIT_ERR_PASSWORD_HASH' })
  }
  t.same(verified(), [])
  t.ok(await passwords.verify('right', `scrypt:2:1:1$saltsalt$${hex}`), 'the whole of it is verified')
})

t.test('a wrong password and an unknown user cost the same, whichever algorithm made the stored hash', async t => {
  const passwords = cheap()
  const verified = watch(t)
  const own = await passwords.hash('secret')
  const [pwdlib, bcrypt4] = [argon2id(16, 2), `$2b$04$${BCRYPT}`]
  const cost = async (text: string, hash: string | undefined) => {
    await passwords.verify(text, hash)
    return verified()
  }
  t.same(await cost('wrong', own), [OWN])
  t.same(await cost('wrong', undefined), [OWN])

  t.same(await cost('wrong', pwdlib), ['argon2id m=16,t=2,p=1', OWN])
  const both = [OWN, 'argon2id m=16,t=2,p=1'].sort()
  for (const hash of [own, undefined, pwdlib]) t.same((await cost('wrong', hash)).sort(), both)

  await cost('wrong', bcrypt4)
  const all = [OWN, 'argon2id m=16,t=2,p=1', '2b 04'].sort()
  for (const hash of [own, undefined, pwdlib, bcrypt4, `$2y$04$${BCRYPT}`]) {
    for (const text of ['wrong', '', 'x'.repeat(100), 'a\0b']) t.same((await cost(text, hash)).map(one => one.replace('2y', '2b')).sort(), all, `${text} ${hash}`)
  }
  t.same(await cost('x'.repeat(5000), own), [], 'a password that is too long costs nothing')
  t.same(await cost('x'.repeat(5000), undefined), [])
  t.same(await cost('secret', own), [OWN], 'whoever is right pays for one hash alone')
})

t.test('an unknown user is compared with no more than the three last seen of other costs', async t => {
  const passwords = cheap()
  const verified = watch(t)
  for (const time of [2, 3, 4, 2, 5]) await passwords.verify('wrong', argon2id(8, time))
  verified()
  await passwords.verify('wrong', undefined)
  t.same(verified(), [OWN, ...[4, 2, 5].map(time => `argon2id m=8,t=${time},p=1`)])
})

t.test('a hash whose library fails is an error for its user alone', async t => {
  const passwords = cheap()
  const { verify } = bcrypt
  bcrypt.verify = async () => { throw new Error('no such library') }
  t.teardown(() => { bcrypt.verify = verify })
  await t.rejects(passwords.verify('wrong', `$2b$04$${BCRYPT}`), { message: 'no such library' })
  t.equal(await passwords.verify('wrong', undefined), false)
})
