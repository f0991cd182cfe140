import { expect, test } from 'vitest'
import { safetySettings, violationsOf } from '../../../../src/cluster/verify/settings.js'

const asWanted = (engine: 'mariadb' | 'mysql', part: 'master' | 'replica') =>
  new Map(safetySettings(engine, part).map(({ name, wanted }) => [name.toLowerCase(), `${wanted}`]))

test.each([
  ['mariadb', 'master'],
  ['mariadb', 'replica'],
  ['mysql', 'master'],
  ['mysql', 'replica'],
] as const)('%s %s: what is wanted holds, and every single other value is named', (engine, part) => {
  const settings = safetySettings(engine, part)
  const values = asWanted(engine, part)
  expect(violationsOf(settings, values)).toEqual([])

  for (const { name, wanted, why } of settings) {
    const other = new Map(values).set(name.toLowerCase(), 'other')
    const must = typeof wanted === 'number' ? `at least ${wanted}` : wanted
    expect(violationsOf(settings, other)).toEqual([`${name} is other, must be ${must}: ${why}`])
    const without = new Map(values)
    without.delete(name.toLowerCase())
    expect(violationsOf(settings, without)).toHaveLength(1)
  }
})

test('servers say ON or 1; a time-out may be longer than the longest that could be set', () => {
  const settings = safetySettings('mariadb', 'master')
  const values = asWanted('mariadb', 'master')
    .set('gtid_strict_mode', '1')
    .set('read_only', '0')
    .set('rpl_semi_sync_master_timeout', '18446744073709551615')
  expect(violationsOf(settings, values)).toEqual([])
  expect(violationsOf(settings, values.set('rpl_semi_sync_master_timeout', '10000'))).toHaveLength(1)
})

test('only a master demands acknowledgements and takes writes; nobody else acknowledges', () => {
  const wanted = (part: 'master' | 'replica', name: string) =>
    safetySettings('mariadb', part).find((setting) => setting.name === name)?.wanted
  expect([wanted('master', 'rpl_semi_sync_master_enabled'), wanted('master', 'read_only')]).toEqual([
    'ON',
    'OFF',
  ])
  expect([wanted('replica', 'rpl_semi_sync_master_enabled'), wanted('replica', 'read_only')]).toEqual([
    'OFF',
    'ON',
  ])
  for (const part of ['master', 'replica'] as const)
    expect(wanted(part, 'rpl_semi_sync_slave_enabled')).toBe('OFF')
})
