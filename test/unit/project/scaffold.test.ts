import { execFile } from 'node:child_process'
import { mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { findProject } from '../../../src/project/find-project.js'
import { planScaffold } from '../../../src/project/scaffold.js'
import { freshYard, paths, snapshot } from './yard.js'

const yard = freshYard()

describe('a new project', () => {
  test('has its settings, its server configuration and 21 subsystem folders, and is found', async () => {
    const outcome = await yard.init()

    expect(outcome.files.create).toEqual(paths)
    expect(paths).toHaveLength(8 + 2 * 21)
    expect(await readdir(join(yard.dir, 'subsystems'))).toHaveLength(21)
    const project = await findProject({ fromDir: join(yard.dir, 'subsystems', 'pay') })
    expect(project.config).toMatchObject({ name: 'my-bank', profile: 'small', seed: 1 })
  })

  test('has the name and the profile that were asked for', async () => {
    await yard.init({ name: 'north', profile: 'tiny' })

    expect((await findProject({ fromDir: yard.dir })).config).toMatchObject({
      name: 'north',
      profile: 'tiny',
    })
  })

  test('keeps its state out of version control even where an own .gitignore was kept', async () => {
    await mkdir(yard.dir)
    await yard.edit('.gitignore', 'dist/\n')

    const outcome = await yard.init()
    await mkdir(join(yard.dir, '.corelab', 'default', 'secrets'), { recursive: true })
    await yard.edit('.corelab/default/secrets/secrets.json', '{}')

    expect(outcome.files['keep-edited']).toEqual(['.gitignore'])
    const git = promisify(execFile)
    await git('git', ['init', '-q', yard.dir])
    const { stdout } = await git('git', ['-C', yard.dir, 'status', '--porcelain', '--untracked-files=all'])
    expect(stdout).not.toContain('.corelab')
    expect(stdout).toContain('corelab.yaml')
  })

  test('is only planned by a plan: nothing is made', async () => {
    const plan = await planScaffold({ dir: yard.dir, force: false })

    expect(plan.files.map((each) => each.action)).toEqual(plan.files.map(() => 'create'))
    expect(await readdir(yard.root)).toEqual([])
  })

  test.each([
    'with some spaces',
    '省联社 核心',
    'Überweisung für José',
    'quo\'te $HOME `x` "y"',
    `${'deep folder/'.repeat(90)}end`,
  ])('can be in a folder called %s', async (name) => {
    yard.dir = join(yard.root, name)

    await yard.init()

    expect((await findProject({ fromDir: yard.dir })).dir).toBe(yard.dir)
    expect((await yard.init()).files.unchanged).toEqual(paths)
  })

  test('may be written through a link to its folder', async () => {
    await mkdir(yard.dir)
    await symlink(yard.dir, join(yard.root, 'link'))

    await yard.init({ dir: join(yard.root, 'link') })

    expect((await yard.init()).files.unchanged).toEqual(paths)
  })

  test('may be in a folder with other things, which stay', async () => {
    await mkdir(join(yard.dir, 'subsystems', 'pay'), { recursive: true })
    await yard.edit('notes.txt', 'mine')
    await yard.edit('subsystems/pay/handler.mjs', 'export default { mine: true }')

    const outcome = await yard.init()

    expect(outcome.files['keep-edited']).toEqual(['subsystems/pay/handler.mjs'])
    expect(await yard.contentOf('notes.txt')).toBe('mine')
    expect(await yard.contentOf('subsystems/pay/handler.mjs')).toBe('export default { mine: true }')
  })
})

describe('a second init', () => {
  test('writes nothing at all', async () => {
    await yard.init()
    const before = await snapshot(yard.dir)

    const outcome = await yard.init()

    expect(outcome.files.unchanged).toEqual(paths)
    expect(await snapshot(yard.dir)).toEqual(before)
  })

  test('keeps edited files and says which', async () => {
    await yard.init()
    await yard.edit('config/mysql/extra.cnf', '[mariadbd]\nslow_query_log = ON\n')

    const outcome = await yard.init()

    expect(outcome.files['keep-edited']).toEqual(['config/mysql/extra.cnf'])
    expect(await yard.contentOf('config/mysql/extra.cnf')).toContain('slow_query_log = ON\n')
  })

  test('with force overwrites them and says which', async () => {
    await yard.init()
    const original = await yard.contentOf('README.md')
    await yard.edit('README.md', 'mine')

    const outcome = await yard.init({ force: true })

    expect(outcome.files.overwrite).toEqual(['README.md'])
    expect(await yard.contentOf('README.md')).toBe(original)
    expect((await yard.init()).files.unchanged).toEqual(paths)
  })

  test('writes again what was deleted', async () => {
    await yard.init()
    await rm(join(yard.dir, 'subsystems', 'act'), { recursive: true })

    const outcome = await yard.init()

    expect(outcome.files.create).toEqual(['subsystems/act/contract.yaml', 'subsystems/act/handler.mjs'])
  })

  test('takes what the edited corelab.yaml says, and leaves it', async () => {
    await yard.init()
    await yard.edit('corelab.yaml', 'name: my-bank # mine\nprofile: tiny\nseed: 5\n')

    const outcome = await yard.init()

    expect(outcome.files['keep-edited']).toEqual(['corelab.yaml'])
    expect(outcome.files.upgrade).toEqual([])
  })

  test('remembers a name that is not the folder’s', async () => {
    await yard.init({ name: 'north' })

    expect((await yard.init()).files.unchanged).toEqual(paths)
    expect(await yard.contentOf('README.md')).toMatch(/^# north\n/)
  })

  test('leaves a corelab.yaml that is not valid for its owner to mend', async () => {
    await yard.init()
    await yard.edit('corelab.yaml', 'nmae: x\n')

    expect((await yard.init()).files['keep-edited']).toEqual(['corelab.yaml'])
  })

  test('on a clone, where nothing is remembered, keeps what differs and adopts what is the same', async () => {
    await yard.init()
    await rm(join(yard.dir, '.corelab'), { recursive: true })
    await yard.edit('compose.yaml', 'name: mine\n')

    const outcome = await yard.init()

    expect(outcome.files['keep-edited']).toEqual(['compose.yaml'])
    expect(outcome.files.unchanged).toHaveLength(paths.length - 1)
    expect(JSON.parse(await yard.contentOf('.corelab/scaffold.json')).files['README.md']).toHaveLength(1)
  })

  test.each(['', '{"schema":', '[]', '{"schema":"corelab/scaffold@1","files":{"README.md":[1]}}'])(
    'with a damaged memory (%s) takes everything that differs for edited',
    async (damaged) => {
      await yard.init()
      await yard.edit('.corelab/scaffold.json', damaged)
      await yard.edit('README.md', 'mine')

      expect((await yard.init()).files['keep-edited']).toEqual(['README.md'])
    },
  )
})
