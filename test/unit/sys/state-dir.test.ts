import { join } from 'node:path'
import { expect, test } from 'vitest'
import { socketDirOf, stateDirOf, statePaths } from '../../../src/sys/state-dir.js'

const bytesOf = (path: string) => Buffer.byteLength(path)

test('the state of an environment is in the project, under its name', () => {
  expect(stateDirOf({ projectDir: '/home/me/bank', env: 'dev' })).toBe('/home/me/bank/.corelab/dev')
  expect(statePaths('/s').component('db-1').data).toBe('/s/components/db-1/data')
})

test('sockets are in the state dir when their paths fit', () => {
  expect(socketDirOf('/home/me/bank/.corelab/dev')).toBe('/home/me/bank/.corelab/dev/run')
})

test('sockets of a deep project are in a private folder of the temp dir, the same each time', () => {
  const deep = `/${'long-folder-name/'.repeat(8)}.corelab/dev`

  const dir = socketDirOf(deep, '/tmp')

  expect(dir).toMatch(new RegExp(`^/tmp/corelab-${process.getuid?.()}-[0-9a-f]{12}$`))
  expect(socketDirOf(deep, '/tmp')).toBe(dir)
  expect(socketDirOf(`${deep}2`, '/tmp')).not.toBe(dir)
})

test('bytes count, not letters: a path of Chinese folders is three times as long as it looks', () => {
  const chinese = `/home/${'核心'.repeat(14)}/.corelab/dev`
  expect(chinese.length).toBeLessThan(60)

  expect(socketDirOf(chinese, '/tmp')).toMatch(/^\/tmp\/corelab-/)
})

test.each([1, 40, 70, 85, 86, 87, 88, 89, 90, 107, 108, 4000])(
  'every socket path fits, also when the state dir has %i bytes and the temp dir is deep',
  (length) => {
    const stateDir = `/${'d'.repeat(length - 1)}`

    const socket = join(socketDirOf(stateDir, `/${'t'.repeat(200)}`), 'subsystems.sock')

    expect(bytesOf(socket)).toBeLessThanOrEqual(107)
  },
)
