import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { enabledServices, planToDisable } from '../../../scripts/setup/as-root/enabled-services.mjs'

let etc: string

beforeEach(async () => {
  etc = await mkdtemp(join(tmpdir(), 'corelab-etc-'))
  await enable('systemd/system/multi-user.target.wants/ssh.service')
  await enable('rc2.d/S01ssh')
  await enable('rc0.d/K01ssh')
  await writeFile(join(etc, 'systemd/system/own.service'), '[Service]\n')
})

afterEach(async () => {
  await rm(etc, { recursive: true })
})

test('units and start scripts that are enabled are found; stop scripts and unit files are not', () => {
  expect([...enabledServices(etc)]).toEqual([
    join(etc, 'systemd/system/multi-user.target.wants/ssh.service'),
    join(etc, 'rc2.d/S01ssh'),
  ])
})

test('exactly what an installation enabled is disabled; what was there before is left alone', async () => {
  const before = enabledServices(etc)
  const added = [
    'systemd/system/redis.service',
    'systemd/system/multi-user.target.wants/redis-server.service',
    'systemd/system/sockets.target.wants/epmd.socket',
  ]

  for (const path of [...added, 'rc2.d/S01redis-server', 'rc3.d/S01redis-server']) await enable(path)
  const plan = planToDisable({ before, after: enabledServices(etc), systemdRuns: false })

  expect(plan.commands).toEqual([['update-rc.d', 'redis-server', 'disable']])
  expect(plan.links.toSorted()).toEqual(added.map((path) => join(etc, path)).toSorted())
})

test('where systemd runs, it is told to stop and disable the new units', async () => {
  const before = enabledServices(etc)

  await enable('systemd/system/multi-user.target.wants/redis-server.service')
  const { commands } = planToDisable({ before, after: enabledServices(etc), systemdRuns: true })

  expect(commands).toEqual([['systemctl', 'disable', '--now', 'redis-server.service']])
})

test('where nothing was enabled, nothing is disabled', () => {
  const before = enabledServices(etc)

  expect(planToDisable({ before, after: enabledServices(etc), systemdRuns: true })).toEqual({
    commands: [],
    links: [],
  })
})

async function enable(path: string): Promise<void> {
  await mkdir(join(etc, path, '..'), { recursive: true })
  await symlink('/lib/systemd/system/any', join(etc, path))
}
