import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findProject } from '../../../src/project/find-project.js'
import { asOrdinaryUser } from './ordinary-user.js'

let root: string

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'corelab-find-')))
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

async function projectIn(dir: string, text = 'name: found\n'): Promise<string> {
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'corelab.yaml'), text)
  return dir
}

describe('a project is found', () => {
  test('in the folder itself', async () => {
    await projectIn(root)

    const project = await findProject({ fromDir: root })

    expect(project.dir).toBe(root)
    expect(project.config.name).toBe('found')
  })

  test('from far below it', async () => {
    await projectIn(root)
    const below = join(root, 'subsystems', 'act', 'src')
    await mkdir(below, { recursive: true })

    expect((await findProject({ fromDir: below })).dir).toBe(root)
  })

  test('the nearest one when they are nested', async () => {
    await projectIn(root)
    const inner = await projectIn(join(root, 'inner'), 'name: inner\n')

    expect((await findProject({ fromDir: inner })).config.name).toBe('inner')
  })

  test('by its real path through a link', async () => {
    const real = await projectIn(join(root, 'real'))
    await symlink(real, join(root, 'link'))

    expect((await findProject({ fromDir: join(root, 'link') })).dir).toBe(real)
  })

  test.each(['with some spaces', '省联社 Überweisung', `deep/${'abcdefgh/'.repeat(60)}end`, "quo'te"])(
    'in a folder called %s',
    async (name) => {
      const dir = await projectIn(join(root, name))

      expect((await findProject({ fromDir: dir })).dir).toBe(dir)
    },
  )
})

describe('no project', () => {
  test('says where it looked and how to make one', async () => {
    await expect(findProject({ fromDir: root })).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
      message: `There is no corelab.yaml in ${root} or any folder above it`,
      fix: ['corelab init'],
    })
  })

  test('knows the other spelling', async () => {
    await writeFile(join(root, 'corelab.yml'), 'name: a\n')

    await expect(findProject({ fromDir: root })).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
      detail: 'There is a corelab.yml; the name must be corelab.yaml.',
      fix: ['mv corelab.yml corelab.yaml'],
    })
  })

  test('in a folder that is not there', async () => {
    await expect(findProject({ fromDir: join(root, 'nowhere') })).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
    })
  })
})

describe('a corelab.yaml that cannot be read', () => {
  test('because it is a folder', async () => {
    await mkdir(join(root, 'corelab.yaml'))

    await expect(findProject({ fromDir: root })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      detail: 'line 1: this is not a file',
    })
  })

  test('because it is not text', async () => {
    await writeFile(join(root, 'corelab.yaml'), Buffer.from([0x6e, 0xff, 0xfe, 0x00]))

    await expect(findProject({ fromDir: root })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      detail: 'line 1: the file is not UTF-8 text',
    })
  })

  test('because it is far too large', async () => {
    await writeFile(join(root, 'corelab.yaml'), `# ${'x'.repeat(300_000)}\nname: a\n`)

    await expect(findProject({ fromDir: root })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      detail: 'line 1: the file has 293 KiB; allowed: 256 KiB',
    })
  })

  test('because its user may not', async () => {
    await chmod(root, 0o755)
    await projectIn(root)
    await chmod(join(root, 'corelab.yaml'), 0o000)

    await asOrdinaryUser(() =>
      expect(findProject({ fromDir: root })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' }),
    )
  })

  test('names the file by its full path when it is not valid', async () => {
    await projectIn(root, 'nam: a\n')

    await expect(findProject({ fromDir: root })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `${join(root, 'corelab.yaml')} is not valid (2 problems)`,
    })
  })
})
