import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { CorelabError } from '../../../src/kit/errors.js'
import { parseConfig } from '../../../src/project/parse-config.js'

function problemsOf(text: string): readonly string[] {
  try {
    parseConfig(text, '/bank/corelab.yaml')
  } catch (error) {
    expect(error).toBeInstanceOf(CorelabError)
    const { code, detail } = error as CorelabError
    expect(code).toBe('CONFIG_INVALID')
    return detail!.split('\n')
  }
  throw new Error('the text was accepted')
}

describe('a valid file', () => {
  test('needs a name only; everything else has a default', () => {
    const config = parseConfig('name: my-bank\n', 'corelab.yaml')

    expect(config).toMatchObject({
      name: 'my-bank',
      runtime: 'native',
      profile: 'small',
      database: { engine: 'mariadb', programs: null },
      ports: { base: null },
      seed: 1,
    })
    expect(Object.keys(config.subsystems)).toHaveLength(21)
    expect(config.subsystems.pay).toEqual({ handler: 'subsystems/pay/handler.mjs' })
  })

  test('keeps every value that it gives', () => {
    const text = [
      'name: b2',
      'runtime: native',
      'profile: full',
      'database: { engine: mysql, programs: ../mysql/bin }',
      'ports: { base: 40000 }',
      'seed: 0x10',
      'subsystems:',
      '  act: { handler: ../mine/account.mjs }',
      '  pay: { handler: null }',
      '  cif: {}',
    ].join('\n')

    const config = parseConfig(text, 'corelab.yaml')

    expect(config).toMatchObject({ name: 'b2', profile: 'full', ports: { base: 40000 }, seed: 16 })
    expect(config.database).toEqual({ engine: 'mysql', programs: '../mysql/bin' })
    expect(config.subsystems.act).toEqual({ handler: '../mine/account.mjs' })
    expect(config.subsystems.pay).toEqual({ handler: null })
    expect(config.subsystems.cif).toEqual({ handler: 'subsystems/cif/handler.mjs' })
  })

  test('may have sections with nothing in them, as comments leave them', () => {
    const config = parseConfig('name: a\nports:\n  # base: 1\nsubsystems:\n', 'corelab.yaml')

    expect(config.ports.base).toBeNull()
  })

  test('may start with a byte order mark and end its lines as Windows does', () => {
    expect(parseConfig('\uFEFFname: a\r\nseed: 7\r\n', 'corelab.yaml').seed).toBe(7)
  })
})

const allowedKeys = 'name, runtime, profile, database, ports, seed, subsystems, targets'
const nameRule = 'lower-case letters, digits and hyphens, a letter first, at most 40 in all'

describe('an invalid file names the line, the path, the value, what is allowed and the nearest word:', () => {
  test.each([
    [
      'a value outside its list',
      'name: a\n\nprofile: smal\n',
      'line 3: profile is "smal" (text); allowed: tiny, small, full. Did you mean small?',
    ],
    [
      'a value in capitals',
      'name: a\nprofile: TINY\n',
      'line 2: profile is "TINY" (text); allowed: tiny, small, full. Did you mean tiny?',
    ],
    [
      'a value like no other',
      'name: a\nruntime: kubernetes\n',
      'line 2: runtime is "kubernetes" (text); allowed: native',
    ],
    [
      'an unknown key at the root',
      'name: a\nprofle: tiny\n',
      `line 2: profle is not a known key; allowed: ${allowedKeys}. Did you mean profile?`,
    ],
    [
      'an unknown key in ports',
      'name: a\nports:\n  bse: 4000\n',
      'line 3: ports.bse is not a known key; allowed: base. Did you mean base?',
    ],
    [
      'an unknown key of a subsystem',
      'name: a\nsubsystems:\n  pay:\n    handlr: x.mjs\n',
      'line 4: subsystems.pay.handlr is not a known key; allowed: handler. Did you mean handler?',
    ],
    [
      'text for a number',
      'name: a\nseed: "12"\n',
      'line 2: seed is "12" (text); allowed: a whole number from 0 to 4294967295',
    ],
    ['a number for text', 'name: 42\n', `line 1: name is 42 (a number); allowed: ${nameRule}`],
    ['a name with capitals', 'name: My Bank\n', `line 1: name is "My Bank" (text); allowed: ${nameRule}`],
    [
      'a fraction',
      'name: a\nseed: 1.5\n',
      'line 2: seed is 1.5 (a number); allowed: a whole number from 0 to 4294967295',
    ],
    [
      'not a number',
      'name: a\nseed: .nan\n',
      'line 2: seed is NaN (a number); allowed: a whole number from 0 to 4294967295',
    ],
    [
      'a number too large',
      'name: a\nports: { base: 70000 }\n',
      'line 2: ports.base is 70000 (a number); allowed: a whole number from 1024 to 65000, or null',
    ],
    [
      'a truth value',
      'name: a\nports: { base: true }\n',
      'line 2: ports.base is true (a boolean); allowed: a whole number from 1024 to 65000, or null',
    ],
    [
      'a list for a section',
      'name: a\nports:\n  - base\n',
      'line 2: ports is a list of 1; allowed: keys and values (base), or null',
    ],
    [
      'a section for a value',
      'name: a\nseed:\n  base: 1\n',
      'line 2: seed is a mapping of keys and values; allowed: a whole number from 0 to 4294967295',
    ],
    ['nothing where a value must be', 'name:\n', `line 1: name is empty (null); allowed: ${nameRule}`],
    [
      'an empty path',
      'name: a\nsubsystems: { pay: { handler: "" } }\n',
      'line 2: subsystems.pay.handler is "" (text); allowed: text of 1 to 1000 letters, or null',
    ],
    ['no name', 'seed: 1\n', 'line 1: name is missing'],
    ['an empty file', '', 'line 1: the file is empty; the shortest valid one is "name: my-bank"'],
    [
      'a file of comments',
      '# nothing\n',
      'line 1: the file is empty; the shortest valid one is "name: my-bank"',
    ],
    [
      'a list as the root',
      '- name: a\n',
      `line 1: the file is a list of 1; allowed: keys and values (${allowedKeys})`,
    ],
    [
      'text as the root',
      'my-bank\n',
      `line 1: the file is "my-bank" (text); allowed: keys and values (${allowedKeys})`,
    ],
    ['a key given twice', 'name: a\nseed: 1\nseed: 2\n', 'line 3: seed is given twice; keep one of them'],
    [
      'a tab as indentation',
      'name: a\nports:\n\tbase: 4000\n',
      'line 3: a tab indents this line; YAML allows only spaces there',
    ],
    [
      'a second document',
      'name: a\n---\nname: b\n',
      'line 2: a second document begins here (---); one file holds one document',
    ],
    [
      'a key that is also a trap of JavaScript',
      'name: a\n__proto__: { x: 1 }\n',
      `line 2: __proto__ is not a known key; allowed: ${allowedKeys}`,
    ],
    ['a key that is a number', 'name: a\n5: x\n', `line 2: 5 is not a known key; allowed: ${allowedKeys}`],
  ])('%s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  test('an unknown subsystem, with the nearest code', () => {
    const [problem] = problemsOf('name: a\nsubsystems:\n  acct: {}\n')

    expect(problem).toMatch(/^line 3: subsystems\.acct is not a known key; allowed: gwy, iam, .*rcn\./)
    expect(problem).toMatch(/Did you mean act\?$/)
  })

  test('a very long value is cut', () => {
    const [problem] = problemsOf(`name: ${'x'.repeat(5000)}\n`)

    expect(problem!.length).toBeLessThan(250)
  })

  test('broken quotes, with the line of the quote', () => {
    expect(problemsOf('name: a\nprofile: "tiny\nseed: 1\n')[0]).toMatch(/^line \d: .*quote/i)
  })

  test('an alias bomb is refused before it expands', () => {
    const levels = Array.from({ length: 12 }, (_, index) => {
      const inner =
        index === 0
          ? '[x, x]'
          : `[${Array(9)
              .fill(`*a${index - 1}`)
              .join(', ')}]`
      return `k${index}: &a${index} ${inner}`
    })

    expect(problemsOf(levels.join('\n'))).toHaveLength(1)
  })

  test('an alias to nothing', () => {
    expect(problemsOf('name: *other\n')[0]).toMatch(/^line 1: .*other/)
  })
})

test('several problems are all listed, in the order of the file', async () => {
  const file = new URL('../../../fixtures/configs/many-problems.yaml', import.meta.url)
  const expected = new URL('../../../fixtures/outputs/config-many-problems.txt', import.meta.url)

  const problems = problemsOf(await readFile(file, 'utf8'))

  expect(`${problems.join('\n')}\n`).toBe(await readFile(expected, 'utf8'))
})

test('the fix is where to edit', () => {
  try {
    parseConfig('name: a\nseed: x\nports: 1\n', '/bank/corelab.yaml')
    expect.unreachable()
  } catch (error) {
    expect((error as CorelabError).message).toBe('/bank/corelab.yaml is not valid (2 problems)')
    expect((error as CorelabError).fix).toEqual(['Edit /bank/corelab.yaml, line 2'])
  }
})

test('more than twenty problems are counted, not listed', () => {
  const keys = Array.from({ length: 30 }, (_, index) => `wrong${index}: 1`)

  const problems = problemsOf(`name: a\n${keys.join('\n')}\n`)

  expect(problems).toHaveLength(21)
  expect(problems[20]).toBe('and 10 more')
})
