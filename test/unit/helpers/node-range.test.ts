import { expect, test } from 'vitest'
import { acceptsVersion } from '../../helpers/node-range.js'

test.each([
  '>=18',
  '>= 12.0.0',
  '*',
  '',
  '18 || 20 || >=22',
  '^20.19.0 || >=22.12.0',
  '^18.17.0 || >=20.5.0',
  '>=18 <21',
  '>=10 <=20',
  '20.x',
  '~20.19.0',
  '20.19.0',
  '>20.18',
])('Node 20.19.0 is accepted by %j', (range) => {
  expect(acceptsVersion(range, '20.19.0')).toBe(true)
})

test.each([
  '>=22',
  '^22.12.0 || >=24',
  '>=20.20',
  '^18',
  '18.x || 22.x',
  '<20',
  '>20',
  '~20.18.0',
  '>= 18 < 20',
])('Node 20.19.0 is not accepted by %j', (range) => {
  expect(acceptsVersion(range, '20.19.0')).toBe(false)
})

test('a form it does not know is an error, never a guess', () => {
  expect(() => acceptsVersion('latest', '20.19.0')).toThrow('unknown form')
  expect(() => acceptsVersion('18 - 22', '20.19.0')).toThrow('unknown form')
})
