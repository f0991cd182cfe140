import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { executeScaffold, planScaffold } from '../../../src/project/scaffold.js'
import { asOrdinaryUser } from './ordinary-user.js'
import { contextWith, freshYard, paths, stopAfter } from './yard.js'

const yard = freshYard()

// Where only root may do a thing, the plan is made before: this clone, with its templates, may be closed to others.
describe('bad luck', () => {
  test('an init that was interrupted is finished by the next one', async () => {
    const stopAtSeven = stopAfter(7)

    await expect(yard.init({}, stopAtSeven)).rejects.toMatchObject({ code: 'CANCELLED' })
    const outcome = await yard.init()

    expect(outcome.files.unchanged).toEqual(paths.slice(0, 7))
    expect(outcome.files.create).toEqual(paths.slice(7))
  })

  test('a folder that may not be written is named', async () => {
    await mkdir(yard.dir)
    await chmod(yard.root, 0o755)
    await chmod(yard.dir, 0o555)
    const plan = await planScaffold({ dir: yard.dir, force: false })

    await asOrdinaryUser(() =>
      expect(executeScaffold(plan, contextWith())).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        message: expect.stringContaining(yard.dir),
      }),
    )
    expect(await readdir(yard.dir)).toEqual([])
  })

  test('a folder that cannot be made is named', async () => {
    await chmod(yard.root, 0o555)
    const plan = await planScaffold({ dir: yard.dir, force: false })

    await asOrdinaryUser(() =>
      expect(executeScaffold(plan, contextWith())).rejects.toMatchObject({ code: 'PERMISSION_DENIED' }),
    )
  })

  test('a folder that may not even be read', async () => {
    await yard.init()
    await chmod(yard.root, 0o755)
    await chmod(yard.dir, 0o000)

    await asOrdinaryUser(() => expect(yard.init()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' }))
  })

  test('a file in the place of the folder', async () => {
    await writeFile(yard.dir, 'a file')

    await expect(yard.init()).rejects.toMatchObject({
      code: 'INIT_CONFLICT',
      detail: 'a file is where the project folder must be',
    })
  })

  test('a file in the place of a folder above', async () => {
    await writeFile(yard.dir, 'a file')

    await expect(yard.init({ dir: join(yard.dir, 'a', 'b') })).rejects.toMatchObject({
      code: 'INIT_CONFLICT',
      detail: `${yard.dir} is a file, not a folder`,
    })
  })

  test('all files and folders in the way are listed, each once, and nothing is written', async () => {
    await mkdir(join(yard.dir, 'README.md'), { recursive: true })
    await yard.edit('subsystems', 'a file')

    await expect(yard.init()).rejects.toMatchObject({
      code: 'INIT_CONFLICT',
      detail: 'README.md is a folder, not a file\nsubsystems is a file, not a folder',
    })
    expect((await readdir(yard.dir)).sort()).toEqual(['README.md', 'subsystems'])
  })

  test('a file that changes between plan and execution is not lost', async () => {
    const plan = await planScaffold({ dir: yard.dir, force: false })
    await mkdir(join(yard.dir, 'config', 'mysql'), { recursive: true })
    await yard.edit('config/mysql/extra.cnf', 'just saved')

    await expect(executeScaffold(plan, contextWith())).rejects.toMatchObject({ code: 'INIT_CONFLICT' })

    expect(await yard.contentOf('config/mysql/extra.cnf')).toBe('just saved')
  })

  test('a path that this system cannot hold is wrong usage', async () => {
    const tooDeep = join(yard.root, 'x'.repeat(200), ...Array<string>(20).fill('y'.repeat(200)))

    await expect(yard.init({ dir: tooDeep })).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('leaves no temporary files', async () => {
    await yard.init()

    const names = await readdir(yard.dir, { recursive: true })
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})
