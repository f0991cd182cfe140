import { expect, test } from 'vitest'
import { connectionLines } from '../../../src/cli/render/connections.js'
import { doctorLines } from '../../../src/cli/render/doctor.js'
import { errorLines } from '../../../src/cli/render/error.js'
import { forEnv } from '../../../src/cli/render/next-steps.js'
import { scaffoldLines, scaffoldPlanLines } from '../../../src/cli/render/scaffold.js'
import { statusLines } from '../../../src/cli/render/status.js'
import { corelabError } from '../../../src/kit/errors.js'
import { degradedStatus, endpoints, usableStatus } from './samples.js'
import { colorScreen, plainScreen, visible, widest } from './screens.js'

const portError = corelabError('PORT_IN_USE', {
  message: 'Port 13306, which db-1 needs, is in use',
  detail: 'Held by process 4711: mysqld (in /srv/other)\n  2026-11-22 10:00:00 0 [Note] a log line',
  fix: ['corelab down -C /srv/other', 'corelab up --port-base 24000'],
}).shape

test('an error says what, why and the fix, in that order', () => {
  expect(errorLines(portError, plainScreen)).toEqual([
    '',
    ' \u2716 Port 13306, which db-1 needs, is in use',
    '',
    '   Held by process 4711: mysqld (in /srv/other)',
    '     2026-11-22 10:00:00 0 [Note] a log line',
    '',
    '   Try:  corelab down -C /srv/other',
    '         corelab up --port-base 24000',
    '   Code: PORT_IN_USE   (corelab explain PORT_IN_USE)',
  ])
})

test('what the user stopped is told in one calm line', () => {
  const stopped = corelabError('CANCELLED', { message: 'Stopped, as you asked' }).shape

  expect(errorLines(stopped, plainScreen)).toEqual([' - Stopped, as you asked'])
})

test('the status is a verdict, a table and what to do next', () => {
  expect(statusLines(usableStatus, plainScreen)).toEqual([
    'Environment default: usable   (profile small, epoch 1)',
    '',
    'COMPONENT   ROLE     STATE  ENDPOINT           LAG   MEMORY   PID',
    'db-1        master   ready  127.0.0.1:20001         412 MiB  4711',
    'db-2        shadow   ready  127.0.0.1:20002      0  412 MiB  4712',
    'db-3        slave-1  ready  127.0.0.1:20003     12  412 MiB  4713',
    'db-4        slave-2  ready  127.0.0.1:20004  1,204  412 MiB  4714',
    'redis                ready  127.0.0.1:20005         9.0 MiB  4715',
    'rabbitmq             ready  127.0.0.1:20006         412 MiB  4716',
    'subsystems           ready  127.0.0.1:20000         412 MiB  4717',
    '',
    'Next',
    '  corelab connect db-1',
    '  corelab logs --follow',
    '  corelab down',
  ])
})

test('reasons stand below the table, whole, and other environments are mentioned', () => {
  const lines = statusLines({ ...degradedStatus, env: 'test' }, plainScreen, ['default'])

  expect(lines).toContain('  db-1: its history must be compared before it serves again')
  expect(lines).toContain('Other environments here: default')
  expect(lines).toContain('  corelab up -e test   (rebuilds the quarantined node)')
  expect(widest(lines)).toBeLessThanOrEqual(80)
})

test('colours change nothing but colours', () => {
  expect(visible(statusLines(degradedStatus, colorScreen))).toEqual(statusLines(degradedStatus, plainScreen))
  expect(visible(errorLines(portError, colorScreen))).toEqual(errorLines(portError, plainScreen))
})

test('after up stand all addresses, no password, and the next commands', () => {
  const lines = connectionLines(
    { status: usableStatus, endpoints, alreadyRunning: false },
    { ...plainScreen, program: 'npx corelab' },
  )

  expect(lines).toEqual([
    'Environment default is usable: 7 components, epoch 1, profile small',
    '',
    '  db-1 (quarantined)  mysql://127.0.0.1:20001',
    '  db-2 (master)       mysql://127.0.0.1:20002',
    '  db-3 (slave-1)      mysql://127.0.0.1:20003',
    '  db-4 (slave-2)      mysql://127.0.0.1:20004',
    '  redis               redis://127.0.0.1:20005',
    '  rabbitmq            amqp://corelab@127.0.0.1:20006/corelab',
    '  subsystems          http://127.0.0.1:20000',
    '',
    'Next',
    '  npx corelab connect db-1',
    '  npx corelab logs --follow',
    '  npx corelab down',
  ])
})

test('a suggested command names the environment when it is not the default one', () => {
  expect(forEnv('corelab down', 'default')).toBe('corelab down')
  expect(forEnv('corelab down', 'test')).toBe('corelab down -e test')
  expect(forEnv('corelab up   (adopts it)', 'test')).toBe('corelab up -e test   (adopts it)')
  expect(forEnv('corelab status --env other', 'test')).toBe('corelab status --env other')
})

test('init tells what was chosen, what it kept, and how to go on from here', () => {
  const outcome = {
    dir: '/home/dev/my bank',
    name: 'bank',
    files: {
      create: ['a', 'b'],
      unchanged: [],
      upgrade: ['c'],
      'keep-edited': ['config/mysql/extra.cnf'],
      overwrite: [],
    },
  }

  expect(scaffoldLines(outcome, { cwd: '/home/dev', profile: 'small' }, plainScreen)).toEqual([
    'Project bank in /home/dev/my bank',
    '  profile   small   (in corelab.yaml: change it whenever you like)',
    '  files     2 created, 1 updated, 1 kept as edited',
    '  kept      config/mysql/extra.cnf',
    '            edited by you; --force overwrites',
    '',
    'Next',
    "  cd 'my bank'",
    '  corelab doctor',
    '  corelab up',
  ])
})

test('a rehearsal of init shows a tree', () => {
  const file = (path: string, action: 'create' | 'keep-edited') => ({
    path,
    action,
    bytes: 1,
    text: 'x',
    foundHash: null,
  })
  const lines = scaffoldPlanLines(
    {
      schema: 'corelab/scaffold-plan@1',
      dir: '/srv/bank',
      name: 'bank',
      files: [
        file('subsystems/cif/handler.mjs', 'create'),
        file('corelab.yaml', 'keep-edited'),
        file('subsystems/act/handler.mjs', 'create'),
      ],
      manifest: { schema: 'corelab/scaffold@1', files: {} },
    },
    plainScreen,
  )

  expect(lines).toEqual([
    'Project bank in /srv/bank. Nothing was written.',
    '',
    '  corelab.yaml   (edited by you: would be kept)',
    '  subsystems/',
    '    act/',
    '      handler.mjs',
    '    cif/',
    '      handler.mjs',
  ])
})

test('the doctor gives each finding its cause, its fix and its code', () => {
  const lines = doctorLines(
    {
      schema: 'corelab/doctor-report@1',
      profile: 'small',
      ready: false,
      findings: [
        { id: 'node', title: 'Node.js', status: 'pass', cause: '20.20.2', fix: [], code: null },
        {
          id: 'disk',
          title: 'Free disk',
          status: 'fail',
          cause: '1.0 GiB free, profile small asks for 6.0 GiB',
          fix: ['corelab up --profile tiny'],
          code: 'DISK_TOO_SMALL',
        },
        { id: 'locale', title: 'Locale', status: 'warn', cause: 'none is set', fix: [], code: null },
      ],
    },
    plainScreen,
  )

  expect(lines).toEqual([
    ' \u2714 Node.js    20.20.2',
    ' \u2716 Free disk  1.0 GiB free, profile small asks for 6.0 GiB',
    '              Try: corelab up --profile tiny',
    '              Code: DISK_TOO_SMALL',
    ' ! Locale     none is set',
    '',
    'Not ready for profile small: 1 to mend, 1 to know about.',
  ])
})
