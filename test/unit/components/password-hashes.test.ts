import { expect, test } from 'vitest'
import { cachingSha2Hash, nativePasswordHash } from '../../../src/components/mysql/password-hashes.js'

test('a password is stored as MariaDB stores it', () => {
  // SELECT PASSWORD('password') on a real server.
  expect(nativePasswordHash('password')).toBe('*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19')
})

test('a password is stored as MySQL stores it: rounds, a salt of 20 characters, a digest of 43', () => {
  // Its steps were compared with `openssl passwd -5`; a real server takes it in test/mysql/.
  expect(cachingSha2Hash('x')).toBe('$A$005$6e94fef5e2367aff7cb4yNpEhfClWfMSsr2MmXwuUyf2i1gOV9iWTp38IPExdp/')
  for (const password of ['a-secret of 核心', 'p'.repeat(64), 'q'.repeat(77)])
    expect(cachingSha2Hash(password)).toMatch(/^\$A\$005\$[\da-f]{20}[./\dA-Za-z]{43}$/)
})

test('the same password gives the same text, and no two give the same salt', () => {
  expect(cachingSha2Hash('one')).toBe(cachingSha2Hash('one'))
  expect(cachingSha2Hash('one').slice(0, 27)).not.toBe(cachingSha2Hash('two').slice(0, 27))
})
