import { expect, test } from 'vitest'
import { refuseForeignHost } from '../../../../src/load/external/loopback.js'
import { parseTarget, withoutPassword } from '../../../../src/load/external/parse-target.js'

test('an address is read as one would write it', () => {
  expect(parseTarget('mysql://bench@127.0.0.1:3307')).toEqual({
    ...{ host: '127.0.0.1', port: 3307, socketPath: null, user: 'bench', password: null },
  })
  expect(parseTarget('mysql://b%40nk:p%2Fw@[::1]/')).toMatchObject({
    ...{ host: '::1', port: 3306, user: 'b@nk', password: 'p/w' },
  })
  expect(parseTarget('mysql://bench@localhost?socket=/run/db.sock').socketPath).toBe('/run/db.sock')
})

test.each(['db.example', 'mysql://127.0.0.1', 'http://bench@127.0.0.1', 'mysql://bench@'])(
  '"%s" is refused with the form',
  (text) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  },
)

test('a target with a database is refused, and no message shows the password', () => {
  const refused = () => parseTarget('mysql://bench:secret@127.0.0.1/bank')

  expect(refused).toThrow(expect.objectContaining({ fix: ['--target mysql://bench@127.0.0.1'] }))
  expect(withoutPassword('mysql://bench:se:cr@t@127.0.0.1')).toBe('mysql://bench@127.0.0.1')
})

test.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('%s is this host', async (host) => {
  await refuseForeignHost({ ...parseTarget('mysql://b@x'), host }, false)
})

test.each(['192.0.2.1', '2001:db8::1', 'no-such-host.invalid', '0.0.0.0'])(
  '%s is left alone unless somebody owns it',
  async (host) => {
    const target = { ...parseTarget('mysql://b@x'), host }
    await expect(refuseForeignHost(target, false)).rejects.toMatchObject({ code: 'TARGET_FOREIGN' })
    await refuseForeignHost(target, true)
  },
)
