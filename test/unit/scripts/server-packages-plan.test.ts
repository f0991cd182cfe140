import { describe, expect, test } from 'vitest'
import { parseCandidates } from '../../../scripts/setup/as-root/apt.mjs'
import type { Host } from '../../../scripts/setup/servers/host.mjs'
import { parseOsRelease } from '../../../scripts/setup/servers/host.mjs'
import { planServerPackages } from '../../../scripts/setup/servers/plan.mjs'
import { serverPrograms } from '../../../scripts/setup/servers/programs.mjs'

const debian: Host = {
  platform: 'linux',
  system: 'Debian GNU/Linux 12 (bookworm)',
  packageManager: 'apt',
  administrator: 'root',
  interactive: false,
}
const everything = serverPrograms.map(({ program }) => program)
const facts = { missing: everything, tooOldMariadb: null, host: debian, yes: false }

describe('on Debian or Ubuntu', () => {
  test('nothing is done when nothing is missing', () => {
    expect(planServerPackages({ ...facts, missing: [] })).toEqual({ kind: 'nothing' })
  })

  test('root without a terminal installs the four packages without a question', () => {
    expect(planServerPackages(facts)).toEqual({
      kind: 'install',
      packages: [
        'mariadb-server-core',
        'mariadb-client-core',
        'mariadb-client',
        'redis-server',
        'rabbitmq-server',
      ],
      administrator: 'root',
      ask: false,
    })
  })

  test('only what is missing is installed', () => {
    expect(planServerPackages({ ...facts, missing: ['mariadb', 'epmd', 'erl'] })).toMatchObject({
      packages: ['mariadb-client-core', 'rabbitmq-server'],
    })
  })

  test('on a terminal somebody is asked, unless they said yes before', () => {
    const host = { ...debian, interactive: true }

    expect(planServerPackages({ ...facts, host })).toMatchObject({ ask: true })
    expect(planServerPackages({ ...facts, host, yes: true })).toMatchObject({ ask: false })
  })

  test('passwordless sudo is used where there is no root', () => {
    const host: Host = { ...debian, administrator: 'sudo' }

    expect(planServerPackages({ ...facts, host })).toMatchObject({ kind: 'install', administrator: 'sudo' })
  })

  test('without either, the exact command and Docker are named', () => {
    const plan = planServerPackages({ ...facts, host: { ...debian, administrator: null } })

    expect(plan).toMatchObject({ kind: 'explain', code: 'PROGRAM_MISSING' })
    expect(fixOf(plan)).toContain(
      'sudo apt-get update && sudo apt-get install --no-install-recommends ' +
        'mariadb-server-core mariadb-client-core mariadb-client redis-server rabbitmq-server',
    )
    expect(fixOf(plan)).toContain('scripts/install-servers.mjs')
    expect(fixOf(plan)).toContain('docker run')
  })

  test('a MariaDB that is too old is not replaced', () => {
    const plan = planServerPackages({ ...facts, missing: [], tooOldMariadb: '10.5.23' })

    expect(plan).toMatchObject({ kind: 'explain', code: 'PROGRAM_TOO_OLD' })
    expect(plan).toHaveProperty('message', 'MariaDB 10.5.23 is too old: corelab needs 10.11.0 or later')
  })
})

describe('elsewhere', () => {
  test('Fedora gets its dnf command, and nothing is installed', () => {
    const host: Host = { ...debian, system: 'Fedora Linux 41', packageManager: 'dnf' }

    expect(fixOf(planServerPackages({ ...facts, host }))).toContain('sudo dnf install mariadb-server')
  })

  test('macOS is told that the native runtime needs Linux, even when every program is there', () => {
    const host: Host = { ...debian, platform: 'darwin', system: 'macOS', packageManager: 'brew' }
    const plan = planServerPackages({ ...facts, missing: [], host })

    expect(plan).toMatchObject({ kind: 'explain', message: 'The native runtime does not run on macOS' })
    expect(fixOf(plan)).toContain('brew install mariadb redis rabbitmq')
    expect(fixOf(plan)).toContain('docker run')
  })

  test('a system without a known package manager gets the versions to install', () => {
    const host: Host = { ...debian, system: 'Alpine Linux', packageManager: null }

    expect(fixOf(planServerPackages({ ...facts, host }))).toContain('MariaDB 10.11+')
  })
})

describe('what the system says', () => {
  test('os-release values lose their quotes', () => {
    expect(parseOsRelease('ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n# no\n')).toEqual({
      ID: 'debian',
      PRETTY_NAME: 'Debian GNU/Linux 12 (bookworm)',
    })
  })

  test('the versions that apt offers are read per package, none as null', () => {
    const output = [
      'mariadb-server-core:',
      '  Installed: (none)',
      '  Candidate: 1:10.11.19-0+deb12u1',
      '  Version table:',
      'redis-server:',
      '  Installed: (none)',
      '  Candidate: (none)',
      '',
    ].join('\n')

    expect([...parseCandidates(output)]).toEqual([
      ['mariadb-server-core', '1:10.11.19-0+deb12u1'],
      ['redis-server', null],
    ])
  })
})

function fixOf(plan: ReturnType<typeof planServerPackages>): string {
  return plan.kind === 'explain' ? plan.fix.join('\n') : ''
}
