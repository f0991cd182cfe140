import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { debianMirror } from '../../../scripts/setup/unpacked/mirror.mjs'

let apt: string

beforeEach(async () => {
  apt = await mkdtemp(join(tmpdir(), 'corelab-apt-'))
  await mkdir(join(apt, 'sources.list.d'))
})

afterEach(async () => {
  await rm(apt, { recursive: true })
})

test('the mirror is the one of the one-line list, whatever stands between the brackets', async () => {
  await writeFile(
    join(apt, 'sources.list'),
    '# deb http://old.example/debian sid main\ndeb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian/ bookworm main\n',
  )

  expect(debianMirror(apt)).toBe('https://mirror.example/debian')
})

test('the mirror is the one of a .sources file; other archives and the one for security are passed over', async () => {
  await writeFile(
    join(apt, 'sources.list.d', 'a.sources'),
    'Types: deb\nURIs: https://packages.example/node_20.x\nSuites: nodistro\n',
  )
  await writeFile(
    join(apt, 'sources.list.d', 'debian.sources'),
    'Types: deb\n# URIs: http://comment.example/debian\nURIs: http://near.example/debian-security http://near.example/debian\n',
  )

  expect(debianMirror(apt)).toBe('http://near.example/debian')
})

test('a machine without a Debian source gets the public mirror', async () => {
  await writeFile(join(apt, 'sources.list'), 'deb http://archive.ubuntu.com/ubuntu noble main\n')

  expect(debianMirror(apt)).toBe('http://deb.debian.org/debian')
  expect(debianMirror(join(apt, 'nowhere'))).toBe('http://deb.debian.org/debian')
})
