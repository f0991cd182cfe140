import { describe, expect, test } from 'vitest'
import { parseArchitecture } from '../../helpers/architecture/architecture.js'
import * as rules from '../../helpers/architecture/rules.js'

const markdown = `
# Map

| floor | folder | lives here |
|---|---|---|
| 0 | \`src/kit/\` | words |
| 2 | \`src/sys/\` | host |
| 2 | \`src/ui/\` | screens |
| 9 | \`src/commands/\` | declarations |

| package | only in |
|---|---|
| \`ink\`, \`@inkjs/*\` | \`src/ui/\` |
| \`tinybench\` | \`bench/\` |

| package | never in |
|---|---|
| \`node:*\` | \`src/kit/\` |
`
const architecture = parseArchitecture(markdown)
const tree = (files: Record<string, string>) => new Map(Object.entries(files))

describe('the tables', () => {
  test('give the floors and both kinds of fences', () => {
    expect([...architecture.floors]).toEqual([
      ['kit', 0],
      ['sys', 2],
      ['ui', 2],
      ['commands', 9],
    ])
    expect(architecture.fences).toEqual([
      { packages: ['ink', '@inkjs/*'], onlyIn: ['src/ui/'], neverIn: [] },
      { packages: ['tinybench'], onlyIn: ['bench/'], neverIn: [] },
      { packages: ['node:*'], onlyIn: [], neverIn: ['src/kit/'] },
    ])
  })

  test('a document without them, or with a broken row, is refused', () => {
    expect(() => parseArchitecture('# nothing here')).toThrow('no table of floors')
    expect(() => parseArchitecture(markdown.replace('`src/sys/`', 'sys'))).toThrow('not a floor')
    expect(() => parseArchitecture(markdown.replace('`src/sys/`', '`src/ui/`'))).toThrow('on two floors')
    expect(() => parseArchitecture(markdown.replace('`bench/`', 'bench'))).toThrow('not a fence')
  })
})

describe('floors', () => {
  test.each([
    ['a value', "import { b } from '../sys/b.js'"],
    ['a type', "import type { B } from '../sys/b.js'"],
    ['a re-export', "export { b } from '../sys/b.js'"],
    ['a re-export of everything', "export * from '../sys/b.js'"],
    ['a side effect', "import '../sys/b.js'"],
    ['a dynamic import', "const b = await import('../sys/b.js')"],
    ['an import type', "type B = import('../sys/b.js').B"],
  ])('an upward import is found: %s', (_form, text) => {
    const planted = tree({ 'src/kit/a.ts': text, 'src/sys/b.ts': '' })

    expect(rules.importsGoDown(planted, architecture)).toEqual([
      'src/kit/a.ts (floor 0) imports src/sys/b.js (floor 2)',
    ])
  })

  test('a sideways import is found', () => {
    const planted = tree({ 'src/ui/a.tsx': "import '../sys/b.js'", 'src/sys/b.ts': '' })

    expect(rules.importsGoDown(planted, architecture)).toHaveLength(1)
  })

  test('down and within the own folder is allowed', () => {
    const fine = tree({
      'src/sys/a.ts': "import '../kit/k.js'\nimport './deep/b.js'",
      'src/sys/deep/b.ts': "import '../c.js'",
      'src/sys/c.ts': '// import nothing from "../ui/x.js"\nconst text = `import "../ui/x.js"`',
      'src/kit/k.ts': '',
    })

    expect(rules.importsGoDown(fine, architecture)).toEqual([])
  })

  test('an import that leaves src/ is found', () => {
    const planted = tree({ 'src/sys/a.ts': "import '../../test/helpers/x.js'" })

    expect(rules.importsGoDown(planted, architecture)).toHaveLength(1)
  })

  test('a folder without a floor, and a file beside the folders, are found', () => {
    const planted = tree({ 'src/utils/a.ts': '', 'src/main.ts': '', 'src/kit/a.ts': '' })

    expect(rules.everyFolderHasAFloor(planted, architecture)).toHaveLength(2)
  })

  test('a command that imports another command is found', () => {
    const planted = tree({ 'src/commands/up.ts': "import './down.js'", 'src/commands/down.ts': '' })

    expect(rules.commandsStandAlone(planted, architecture)).toHaveLength(1)
  })

  test('an import of a file that is not there is found', () => {
    const planted = tree({ 'src/sys/a.ts': "import './gone.js'\nimport './b.js'", 'src/sys/b.tsx': '' })

    expect(rules.importsExist(planted, architecture)).toEqual([
      'src/sys/a.ts imports src/sys/gone.js, which does not exist',
    ])
  })
})

describe('fences', () => {
  test('a package outside its folder is found, also by a deep path, a scope or a dynamic import', () => {
    const planted = tree({
      'src/sys/a.ts': "import { render } from 'ink/build/render.js'",
      'src/sys/b.ts': "const kit = await import('@inkjs/ui')",
      'test/unit/c.test.ts': "import { Bench } from 'tinybench'",
    })

    expect(rules.fencesHold(planted, architecture)).toEqual([
      'src/sys/a.ts imports ink',
      'src/sys/b.ts imports @inkjs/ui',
      'test/unit/c.test.ts imports tinybench',
    ])
  })

  test('a package that is kept out of a folder is found there only', () => {
    const planted = tree({ 'src/kit/a.ts': "import 'node:fs'", 'src/sys/a.ts': "import 'node:fs'" })

    expect(rules.fencesHold(planted, architecture)).toEqual(['src/kit/a.ts imports node:fs'])
  })

  test('inside the fence, and packages of a similar name, are allowed', () => {
    const fine = tree({ 'src/ui/a.tsx': "import 'ink'", 'src/sys/a.ts': "import 'ink-testing-library'" })

    expect(rules.fencesHold(fine, architecture)).toEqual([])
  })
})

describe('shape', () => {
  test('a cycle is found, also through a type import and over three files', () => {
    const planted = tree({
      'src/kit/a.ts': "import './b.js'",
      'src/kit/b.ts': "import type { C } from './c.js'",
      'src/kit/c.ts': "export { a } from './a.js'",
    })

    expect(rules.noCycles(planted, architecture)).toEqual([
      'src/kit/a.ts -> src/kit/b.ts -> src/kit/c.ts -> src/kit/a.ts',
    ])
  })

  test('two ways to the same file are no cycle', () => {
    const fine = tree({
      'src/kit/a.ts': "import './b.js'\nimport './c.js'",
      'src/kit/b.ts': "import './d.js'",
      'src/kit/c.ts': "import './d.js'",
      'src/kit/d.ts': '',
    })

    expect(rules.noCycles(fine, architecture)).toEqual([])
  })

  test('a barrel is found; the index of a topic of commands is none', () => {
    const planted = tree({ 'src/sys/index.ts': '', 'src/commands/drills/index.ts': '' })

    expect(rules.noBarrels(planted, architecture)).toEqual(['src/sys/index.ts is a barrel'])
  })

  test('a file of 351 lines is found, one of 350 is not', () => {
    const planted = tree({ 'src/kit/long.ts': 'x\n'.repeat(351), 'src/kit/fits.ts': 'x\n'.repeat(350) })

    expect(rules.filesAreShort(planted, architecture)).toEqual([
      'src/kit/long.ts has 351 lines, more than 350',
    ])
  })
})
