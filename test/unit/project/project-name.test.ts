import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkedProjectName, projectNameOf } from '../../../src/project/project-name.js'

test.each([
  ['/srv/my-bank', 'my-bank'],
  ['/srv/My Bank (copy)', 'my-bank-copy'],
  ['/srv/Überweisung für José', 'uberweisung-fur-jose'],
  ['/srv/2026-core', 'core'],
  ['/srv/省联社', 'my-bank'],
  ['/srv/---', 'my-bank'],
  ['/', 'my-bank'],
  [`/srv/${'abc-'.repeat(20)}`, `${'abc-'.repeat(10)}`.slice(0, 39)],
])('the project in %s is called %s', (dir, name) => {
  expect(projectNameOf(dir)).toBe(name)
})

test('the name of any folder is allowed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (folder) => {
      const name = projectNameOf(`/srv/${folder}`)
      expect(checkedProjectName(name)).toBe(name)
    }),
  )
})

test('a name that is not allowed is refused with the rule and a near one', () => {
  expect(() => checkedProjectName('North Bank')).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      message: 'The project name "North Bank" is not allowed',
      fix: ['corelab init --name north-bank'],
    }),
  )
  expect(() => checkedProjectName('')).toThrow(expect.objectContaining({ code: 'USAGE', fix: [] }))
})
