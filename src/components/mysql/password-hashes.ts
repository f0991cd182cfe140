import { createHash } from 'node:crypto'

/** MariaDB's `mysql_native_password`: a double SHA-1. */
export function nativePasswordHash(password: string): string {
  const once = createHash('sha1').update(password).digest()
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`
}

/**
 * MySQL's `caching_sha2_password`: SHA-256 crypt (https://www.akkadia.org/drepper/SHA-crypt.txt) with 5000 rounds and a
 * salt of 20 characters, written `$A$005$` + salt + digest. The salt is derived from the password, which is a random
 * one, so that the same secrets give the same text.
 */
export function cachingSha2Hash(password: string): string {
  const salt = createHash('sha256').update(`corelab ${password}`).digest('hex').slice(0, saltLength)
  return `$A$${(rounds / 1000).toString(16).padStart(3, '0')}$${salt}${sha256Crypt(password, salt, rounds)}`
}

const saltLength = 20
/** The fewest that the server takes: a random password of ours is not guessed in either case. */
const rounds = 5000

/** Steps 1 to 21 of the specification; returns step 22's text. */
function sha256Crypt(password: string, salt: string, roundCount: number): string {
  const key = Buffer.from(password)
  const b = sha256(key, Buffer.from(salt), key)
  const a = sha256(key, Buffer.from(salt), repeated(b, key.length), ...byBits(key.length, b, key))
  const p = repeated(sha256(...Array.from({ length: key.length }, () => key)), key.length)
  const saltCopies = Array.from({ length: 16 + (a[0] ?? 0) }, () => Buffer.from(salt))
  const s = repeated(sha256(...saltCopies), salt.length)
  let c = a
  for (let round = 0; round < roundCount; round++) {
    const odd = round % 2 === 1
    const middle = [...(round % 3 === 0 ? [] : [s]), ...(round % 7 === 0 ? [] : [p])]
    c = sha256(odd ? p : c, ...middle, odd ? c : p)
  }
  return encoded(c)
}

/** For each bit of the length, the lowest first: the digest when it is set, else the key. */
function byBits(length: number, digest: Buffer, key: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let rest = length; rest > 0; rest >>= 1) parts.push(rest % 2 === 1 ? digest : key)
  return parts
}

function repeated(digest: Buffer, length: number): Buffer {
  return Buffer.alloc(length, digest)
}

function sha256(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest()
}

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Three bytes at a time, in the order that the specification shuffles them, as four characters, lowest bits first. */
function encoded(digest: Buffer): string {
  const byte = (at: number) => digest[at] ?? 0
  let text = ''
  for (let group = 0; group < 10; group++) {
    const first = (group * 21) % 30
    const number = (byte(first) << 16) | (byte((first + 10) % 30) << 8) | byte((first + 20) % 30)
    text += characters(number, 4)
  }
  return text + characters((byte(31) << 8) | byte(30), 3)
}

function characters(value: number, count: number): string {
  return Array.from({ length: count }, (_, at) => alphabet[(value >> (6 * at)) & 63]).join('')
}
