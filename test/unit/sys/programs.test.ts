import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askVersion, requireVersion } from '../../../src/sys/program-version.js'
import {
  familyOfOsRelease,
  findProgram,
  type HostFamily,
  installCommand,
  isVersionAtLeast,
  programMissing,
} from '../../../src/sys/programs.js'
import { temporaryDir } from '../../support/temp-dir.js'

const dir = temporaryDir()

async function makeProgram(
  folder: string,
  name: string,
  text = '#!/bin/sh\n',
  mode = 0o755,
): Promise<string> {
  await mkdir(join(dir.path, folder), { recursive: true })
  const path = join(dir.path, folder, name)
  await writeFile(path, text, { mode })
  return path
}

test('a program is looked for by its names in order, in extra folders before the search path', async () => {
  const old = await makeProgram('bin', 'mysqld')
  const searchPath = `relative:${join(dir.path, 'bin')}:${join(dir.path, 'sbin')}`
  expect(findProgram({ names: ['mariadbd', 'mysqld'], searchPath })).toBe(old)

  const recent = await makeProgram('sbin', 'mariadbd')
  expect(findProgram({ names: ['mariadbd', 'mysqld'], searchPath })).toBe(recent)

  const special = await makeProgram('lib', 'mariadbd')
  expect(findProgram({ names: ['mariadbd'], extraDirs: [join(dir.path, 'lib')], searchPath })).toBe(special)
})

test('a folder and a file that may not be executed are no programs', async () => {
  await mkdir(join(dir.path, 'bin', 'epmd'), { recursive: true })
  await makeProgram('bin', 'erl', '', 0o644)

  expect(findProgram({ names: ['epmd', 'erl'], searchPath: join(dir.path, 'bin') })).toBeNull()
})

test.each([
  ['10.11', '10.11', true],
  ['10.11.19-MariaDB-0+deb12u1', '10.11', true],
  ['10.6.21-MariaDB', '10.11', false],
  ['11.4.2', '10.11', true],
  ['9.9.9', '10.11', false],
  ['7.0.15', '7.0', true],
  ['6.2.14', '7.0', false],
  ['3.10.8', '3.10', true],
  ['3.9.27', '3.10', false],
  ['4', '3.10', true],
])('%s is at least %s: %s', (version, versionMin, answer) => {
  expect(isVersionAtLeast(version, versionMin)).toBe(answer)
})

test.each<[string, HostFamily, string]>([
  [
    'ID=debian\n',
    'debian',
    'apt-get install --no-install-recommends mariadb-server-core mariadb-client-core mariadb-client redis-server rabbitmq-server',
  ],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'debian', 'apt-get'],
  ['NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\n', 'redhat', 'dnf install'],
  ['ID=fedora\n', 'redhat', 'dnf install'],
  ['ID=arch\n', 'arch', 'pacman -S'],
  ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'suse', 'zypper install'],
  ['ID=alpine\n', 'alpine', 'apk add'],
  ['ID=plan9\n', 'other', 'apt-get'],
])('on %j the packages come with the right command', (osRelease, family, command) => {
  expect(familyOfOsRelease(osRelease)).toBe(family)
  expect(installCommand(family)).toContain(command)
})

test('a missing program comes with the exact command and with Docker as the other way', () => {
  const error = programMissing({
    program: 'Redis (redis-server)',
    packages: ['redis-server'],
    family: 'debian',
  })

  expect(error.shape).toMatchObject({
    code: 'PROGRAM_MISSING',
    message: 'Redis (redis-server) is not installed',
  })
  expect(error.fix[0]).toContain(
    'apt-get install --no-install-recommends mariadb-server-core mariadb-client-core mariadb-client redis-server rabbitmq-server',
  )
  expect(error.fix[1]).toContain('Docker')
})

const need = {
  title: 'Redis',
  names: ['redis-server'],
  extraDirs: [],
  versionMin: '7.0',
  packages: ['redis-server'],
}

test('the version is what the program itself says', async () => {
  const path = await makeProgram('bin', 'redis-server', '#!/bin/sh\necho "Redis server v=7.2.4 sha=0 ($1)"\n')

  expect(await askVersion(need, { path, args: ['--version'], pattern: /v=(\S+)/ })).toEqual({
    path,
    version: '7.2.4',
  })
})

test('a program that is too old is refused with both versions and its path', () => {
  const refused = () => requireVersion(need, { path: '/opt/redis-server', version: '6.0.16' })

  expect(refused).toThrow(
    expect.objectContaining({
      code: 'PROGRAM_TOO_OLD',
      message: 'Redis 6.0.16 is too old: corelab needs 7.0 or later',
      detail: 'Found at /opt/redis-server.',
    }),
  )
})

test('a program that cannot run, or is something else, is as good as missing', async () => {
  const broken = await makeProgram('bin', 'broken', '#!/bin/sh\nexit 1\n')
  const other = await makeProgram('bin', 'other', '#!/bin/sh\necho hello\n')
  const ask = (path: string) => askVersion(need, { path, args: [], pattern: /v=(\S+)/ })

  await expect(ask(broken)).rejects.toMatchObject({
    code: 'PROGRAM_MISSING',
    message: expect.stringContaining(broken),
  })
  await expect(ask(other)).rejects.toMatchObject({ code: 'PROGRAM_MISSING', detail: 'It answered: hello' })
})
