import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  copyTree,
  diskFreeBytes,
  ensurePrivateDir,
  readJsonFile,
  readTextFile,
  removeTree,
  writeFileAtomic,
} from '../../../src/sys/files.js'
import { temporaryDir } from '../../support/temp-dir.js'

const dir = temporaryDir()
const modeOf = async (path: string) => (await stat(path)).mode & 0o777

test('an atomic write replaces the text, sets the mode and leaves no temporary file', async () => {
  const path = join(dir.path, 'secrets.json')
  await writeFile(path, 'old', { mode: 0o644 })

  await writeFileAtomic(path, 'new', { mode: 0o600 })

  expect(await readFile(path, 'utf8')).toBe('new')
  expect(await modeOf(path)).toBe(0o600)
  expect(await readdir(dir.path)).toEqual(['secrets.json'])
})

test('the mode asked for is the mode given, whatever the umask', async () => {
  const path = join(dir.path, 'shared')

  await writeFileAtomic(path, 'text', { mode: 0o666 })

  expect(await modeOf(path)).toBe(0o666)
})

test('many atomic writes at once leave one of the texts, whole', async () => {
  const path = join(dir.path, 'topology.json')
  const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(10_000))

  await Promise.all(texts.map((text) => writeFileAtomic(path, text)))

  expect(texts).toContain(await readFile(path, 'utf8'))
  expect(await readdir(dir.path)).toEqual(['topology.json'])
})

test('a write that cannot be done leaves the old text and no temporary file', async () => {
  const path = join(dir.path, 'folder')
  await mkdir(path)

  await expect(writeFileAtomic(path, 'text')).rejects.toThrow()

  expect(await readdir(dir.path)).toEqual(['folder'])
})

test('no file is null, a damaged one is an error that names it', async () => {
  const path = join(dir.path, 'run.json')
  expect(await readJsonFile(path)).toBeNull()
  expect(await readTextFile(join(path, 'below'))).toBeNull()

  await writeFile(path, '{"schema": "corelab/ru')

  await expect(readJsonFile(path)).rejects.toMatchObject({
    code: 'FILE_DAMAGED',
    message: expect.stringContaining(path),
  })
})

test('a copied tree has the same names, texts and modes, whatever the folder is called', async () => {
  const from = join(dir.path, '-from "here" 核')
  const to = join(dir.path, 'new parent', "to o'there")
  await mkdir(join(from, 'mysql'), { recursive: true })
  await writeFile(join(from, 'mysql', 'ibdata1'), 'rows', { mode: 0o640 })
  await chmod(join(from, 'mysql'), 0o700)

  await copyTree(from, to)

  expect(await readFile(join(to, 'mysql', 'ibdata1'), 'utf8')).toBe('rows')
  expect(await modeOf(join(to, 'mysql', 'ibdata1'))).toBe(0o640)
  expect(await modeOf(join(to, 'mysql'))).toBe(0o700)
})

test('a copy of what is not there is an error that names both', async () => {
  const from = join(dir.path, 'nothing')

  await expect(copyTree(from, join(dir.path, 'to'))).rejects.toMatchObject({
    message: expect.stringContaining(from),
  })
})

test('a private folder is for its owner only, also when it was wider before', async () => {
  const path = join(dir.path, 'a', 'run')
  await ensurePrivateDir(path)
  expect(await modeOf(path)).toBe(0o700)

  await chmod(path, 0o755)
  await ensurePrivateDir(path)

  expect(await modeOf(path)).toBe(0o700)
})

test('a link in the place of a private folder is refused: somebody else may have put it there', async () => {
  const target = join(dir.path, 'target')
  await mkdir(target)
  await symlink(target, join(dir.path, 'link'))

  await expect(ensurePrivateDir(join(dir.path, 'link'))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
})

test('the free space is what df says an ordinary user has', async () => {
  const [, line = ''] = execFileSync('df', ['--output=avail', '-B1', dir.path], { encoding: 'utf8' }).split(
    '\n',
  )
  const difference = Math.abs((await diskFreeBytes(dir.path)) - Number(line))

  expect(difference).toBeLessThan(1024 ** 3)
})

test('removing what is not there is fine', async () => {
  await removeTree(join(dir.path, 'nothing'))
})
