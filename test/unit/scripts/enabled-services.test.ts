import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commandsToDisable, enabledServices } from '../../../scripts/setup/as-root/enabled-services.mjs'

let etc: string

beforeEach(async () => {
  etc = await mkdtemp(join(tmpdir(), 'corelab-etc-'))
  await enable('systemd/system/multi-user.target.wants/ssh.service')
  await enable('rc2.d/S01ssh')
  await enable('rc0.d/K01ssh')
})

afterEach(async () => {
  await rm(etc, { recursive: true })
})

test('units and start scripts that are enabled are found, stop scripts are not', () => {
  expect([...enabledServices(etc)]).toEqual([
    join(etc, 'systemd/system/multi-user.target.wants/ssh.service'),
    join(etc, 'rc2.d/S01ssh'),
  ])
})

test('exactly what an installation enabled is disabled; what was there before is left alone', async () => {
  const before = enabledServices(etc)

  await enable('systemd/system/multi-user.target.wants/redis-server.service')
  await enable('systemd/system/sockets.target.wants/epmd.socket')
  await enable('rc2.d/S01redis-server')
  await enable('rc3.d/S01redis-server')
  const after = enabledServices(etc)

  expect(commandsToDisable({ before, after, systemdRuns: true })).toEqual([
    ['systemctl', 'disable', '--now', 'epmd.socket', 'redis-server.service'],
    ['update-rc.d', 'redis-server', 'disable'],
  ])
  expect(commandsToDisable({ before, after, systemdRuns: false })[0]).toEqual([
    'deb-systemd-helper',
    'disable',
    'epmd.socket',
    'redis-server.service',
  ])
})

test('where nothing was enabled, nothing is disabled', () => {
  const before = enabledServices(etc)

  expect(commandsToDisable({ before, after: enabledServices(etc), systemdRuns: true })).toEqual([])
})

async function enable(path: string): Promise<void> {
  await mkdir(join(etc, path, '..'), { recursive: true })
  await writeFile(join(etc, path), '')
}
