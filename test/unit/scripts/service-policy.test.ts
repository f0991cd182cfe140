import { spawnSync } from 'node:child_process'
import {
  chmod,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  enabledBeforeCrash,
  forbidServices,
  leftBehind,
  restoreServicePolicy,
} from '../../../scripts/setup/as-root/service-policy.mjs'

let dir: string
let policy: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corelab-policy-'))
  policy = join(dir, 'policy-rc.d')
})

afterEach(async () => {
  await rm(dir, { recursive: true })
})

test('while services are forbidden, the policy answers 101', () => {
  forbidServices([], policy)

  expect(spawnSync(policy, ['redis-server', 'start']).status).toBe(101)
  expect(leftBehind(policy)).toBe(true)
})

test('where there was no policy, none is left', async () => {
  forbidServices([], policy)
  restoreServicePolicy(policy)

  expect(await readdir(dir)).toEqual([])
  expect(leftBehind(policy)).toBe(false)
})

test("the administrator's own policy comes back with its content and mode", async () => {
  await writeFile(policy, '#!/bin/sh\nexit 104\n')
  await chmod(policy, 0o750)

  forbidServices([], policy)
  restoreServicePolicy(policy)

  expect(await readFile(policy, 'utf8')).toBe('#!/bin/sh\nexit 104\n')
  expect((await stat(policy)).mode & 0o777).toBe(0o750)
  expect(await readdir(dir)).toEqual(['policy-rc.d'])
})

test('a policy that is a link comes back as that link', async () => {
  await symlink('/etc/alternatives/policy', policy)

  forbidServices([], policy)
  restoreServicePolicy(policy)

  expect((await lstat(policy)).isSymbolicLink()).toBe(true)
  expect(await readlink(policy)).toBe('/etc/alternatives/policy')
})

test('an installation that was killed is cleaned up by the next one, before it begins its own', async () => {
  await writeFile(policy, 'mine')
  forbidServices([], policy)

  forbidServices([], policy)
  restoreServicePolicy(policy)

  expect(await readFile(policy, 'utf8')).toBe('mine')
  expect(await readdir(dir)).toEqual(['policy-rc.d'])
})

test('killed between its two moves, it is still recognised', async () => {
  await writeFile(`${policy}.before-corelab`, 'mine')

  expect(leftBehind(policy)).toBe(true)
  restoreServicePolicy(policy)

  expect(await readFile(policy, 'utf8')).toBe('mine')
})

test('a policy that somebody else wrote meanwhile is not touched', async () => {
  forbidServices([], policy)
  await writeFile(policy, 'theirs')

  restoreServicePolicy(policy)

  expect(await readFile(policy, 'utf8')).toBe('theirs')
})

test('what was enabled before is known after a crash, and only then', () => {
  expect(enabledBeforeCrash(policy)).toBeNull()

  forbidServices(['/etc/rc2.d/S01ssh', '/etc/systemd/system/a b.service'], policy)

  expect(enabledBeforeCrash(policy)).toEqual(
    new Set(['/etc/rc2.d/S01ssh', '/etc/systemd/system/a b.service']),
  )
  expect(spawnSync(policy).status).toBe(101)
})
