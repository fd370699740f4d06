import bcrypt from '@node-rs/bcrypt'
import t from 'tap'
import { Passwords, password } from '../../plugins/security/index.ts'

// Cheap, where the cost is not what is asked about.
const cheap = new Passwords({ memoryCost: 8, timeCost: 1 })

t.test('a hash is Argon2id with OWASP’s parameters, salted, and verified', async t => {
  const [one, two] = [await password.hash('secret'), await password.hash('secret')]
  t.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  t.not(one, two)
  t.ok(await password.verify('secret', one))
  for (const wrong of ['', 'Secret', 'secret ', 'secre\u0301t']) t.notOk(await password.verify(wrong, one), JSON.stringify(wrong))
})

t.test('any text is a password, up to a length', async t => {
  const passwords = new Passwords({ memoryCost: 8, timeCost: 1, maxLength: 100 })
  for (const text of ['', '\0', '☃🙂', 'x'.repeat(100)]) {
    const hash = await passwords.hash(text)
    t.ok(await passwords.verify(text, hash))
    t.notOk(await passwords.verify(`${text}!`, hash))
  }
  await t.rejects(passwords.hash('x'.repeat(101)), RangeError)
})

t.test('an unknown user is compared too, and never right', async t => {
  for (const hash of [undefined, null]) {
    for (const text of ['', 'secret']) t.notOk(await cheap.verify(text, hash))
  }
})

t.test('hashes of older systems are verified', async t => {
  const hashes = {
    'Argon2id of pwdlib': '$argon2id$v=19$m=65536,t=3,p=4$wagCPXjifgvUFBzq4hqe3w$CYaIb8sB+wtD+Vu/P4uod1+Qof8h+1g7bbDlBID48Rc',
    'bcrypt of Python': '$2b$04$.KkKLg5Qxu3p1NKJbYdzjezwElN.E5zkEj0SPyj4yWTYXtzRrULG6',
    'bcrypt of PHP': '$2y$04$.KkKLg5Qxu3p1NKJbYdzjezwElN.E5zkEj0SPyj4yWTYXtzRrULG6',
    'bcrypt, 2a': '$2a$04$.KkKLg5Qxu3p1NKJbYdzjezwElN.E5zkEj0SPyj4yWTYXtzRrULG6',
    'scrypt of passlib': '$scrypt$ln=10,r=8,p=1$co6xdk7pXYsxhpDSujeGsA$CUXfFACdK0wq/p6V7HjFKaCyQ0/ICwbTGY4mTcugrAE',
    'scrypt of Werkzeug': 'scrypt:1024:8:1$lKcTCY1WXMEgnixH$47872dd3f8ab699f5a01eec6217c56159c0b5cd7f515ee9f637644c6e4eba5dd804005efab6fcc3891da9ab2e94254840ee4ab3b12c86acff2067708316457c7'
  }
  for (const [name, hash] of Object.entries(hashes)) {
    t.ok(await cheap.verify('secret', hash), name)
    t.notOk(await cheap.verify('Secret', hash), name)
  }
})

t.test('a hash that is of another kind, or too cheap by now, is replaced when the password is right', async t => {
  const passwords = new Passwords({ memoryCost: 16, timeCost: 2 })
  const cheaper = [await cheap.hash('secret'), '$2b$04$.KkKLg5Qxu3p1NKJbYdzjezwElN.E5zkEj0SPyj4yWTYXtzRrULG6', await new Passwords({ memoryCost: 16, timeCost: 1 }).hash('secret')]
  for (const hash of [...cheaper, await new Passwords({ memoryCost: 32, timeCost: 2, parallelism: 2 }).hash('secret')]) {
    t.ok(passwords.needsRehash(hash), hash)
    t.same(await passwords.verifyAndUpdate('wrong', hash), { valid: false, newHash: undefined })
    const { valid, newHash = '' } = await passwords.verifyAndUpdate('secret', hash)
    t.ok(valid)
    t.notOk(passwords.needsRehash(newHash))
    t.ok(await passwords.verify('secret', newHash))
  }
  for (const hash of [await passwords.hash('secret'), await new Passwords({ memoryCost: 32, timeCost: 3 }).hash('secret')]) {
    t.same(await passwords.verifyAndUpdate('secret', hash), { valid: true, newHash: undefined })
  }
  t.same(await passwords.verifyAndUpdate('secret', undefined), { valid: false, newHash: undefined })
})

t.test('the event loop goes on meanwhile', async t => {
  let turns = 0
  const counter = setInterval(() => turns++, 1)
  t.teardown(() => clearInterval(counter))
  await Promise.all(Array.from({ length: 8 }, () => password.hash('secret')))
  t.ok(turns > 1)
})

t.test('bcrypt: a password of more than 72 bytes, or with a NUL, matches only where truncation is asked for', async t => {
  const truncating = new Passwords({ memoryCost: 8, timeCost: 1, truncateBcrypt: true })
  const longest = '☃'.repeat(24)
  const hash = await bcrypt.hash(longest, 4)
  t.equal(Buffer.byteLength(longest), 72)
  t.ok(await cheap.verify(longest, hash))
  for (const passwords of [cheap, truncating]) {
    t.equal(await passwords.verify(`${longest}!`, hash), passwords === truncating)
    t.notOk(await passwords.verify(`x${longest}`, hash))
    t.notOk(await passwords.verify('a\0b', await bcrypt.hash('a\0b', 4)))
    t.notOk(await passwords.verify('a\0b', await bcrypt.hash('a', 4)))
  }
  const { valid, newHash = '' } = await truncating.verifyAndUpdate(`${longest}!`, hash)
  t.ok(valid)
  t.notOk(await truncating.verify(longest, newHash), 'the whole password counts from then on')
})

t.test('wrong options are refused', async t => {
  for (const options of [{ memoryCost: 1 }, { timeCost: 0 }, { parallelism: 0.5 }, { cost: 1 }, { maxQueue: -1 }]) t.throws(() => new Passwords(options as object), { code: 'APIKIT_ERR_INVALID_OPTIONS' })
  for (const [options, message] of [
    [{ memoryCost: 262_145 }, /new hashes could not be verified.*memory in KiB is 262145, above maxMemoryCost 262144/],
    [{ timeCost: 11 }, /time cost is 11, above maxTimeCost 10/],
    [{ parallelism: 4, maxParallelism: 3 }, /parallelism is 4, above maxParallelism 3/],
    [{ memoryCost: 31, parallelism: 4 }, /Argon2 must have at least 8 KiB of memory for each lane/]
  ] as const) t.throws(() => new Passwords(options), { code: 'APIKIT_ERR_INVALID_OPTIONS', message }, JSON.stringify(options))
  t.ok(new Passwords({ memoryCost: 1_048_576, maxMemoryCost: 1_048_576 }))
})
