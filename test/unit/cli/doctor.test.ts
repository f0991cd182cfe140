import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DoctorInput, Finding } from '../../../src/cli/doctor/finding.js'
import { locale, nodeVersion, platform } from '../../../src/cli/doctor/host-checks.js'
import { checkLoad } from '../../../src/cli/doctor/load-checks.js'
import { checkPaths } from '../../../src/cli/doctor/path-checks.js'
import { checkPorts } from '../../../src/cli/doctor/port-checks.js'
import { checkResources } from '../../../src/cli/doctor/resource-checks.js'
import { runDoctor } from '../../../src/cli/doctor/run-doctor.js'
import { checkSafety } from '../../../src/cli/doctor/safety-checks.js'
import { saveWindow } from '../../../src/cluster/load-window/window-marker.js'
import { present } from '../../../src/kit/assert.js'
import { errorCatalogue } from '../../../src/kit/error-catalogue.js'
import { nodeNames } from '../../../src/model/node.js'
import { profiles } from '../../../src/model/profile.js'
import { statePaths } from '../../../src/sys/state-dir.js'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corelab-doctor-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function inputWith(change: Partial<DoctorInput> = {}): DoctorInput {
  return {
    dir,
    env: 'default',
    isRunning: false,
    profile: profiles.tiny,
    database: { engine: 'mariadb', programsDir: null },
    portBase: null,
    variables: { HOME: dir },
    signal: new AbortController().signal,
    ...change,
  }
}

function findingOf(findings: readonly Finding[], id: string): Finding {
  return present(
    findings.find((finding) => finding.id === id),
    id,
  )
}

test('an old Node is a blocker with a fix', () => {
  expect(nodeVersion('20.19.0').status).toBe('pass')
  expect(nodeVersion('24.1.0').status).toBe('pass')
  expect(nodeVersion('18.20.1')).toMatchObject({
    status: 'fail',
    code: 'PROGRAM_TOO_OLD',
    fix: [expect.stringContaining('install')],
  })
})

test('what is not tested is a warning, not a blocker', () => {
  expect(platform({ os: 'linux', arch: 'x64' }).status).toBe('pass')
  expect(platform({ os: 'darwin', arch: 'arm64' }).status).toBe('warn')
  expect(platform({ os: 'linux', arch: 'riscv64' }).status).toBe('warn')
})

test('a locale without UTF-8 is named, with the line that mends it', () => {
  expect(locale({ LANG: 'zh_CN.UTF-8' }).status).toBe('pass')
  expect(locale({ LC_ALL: 'C', LANG: 'en_US.UTF-8' })).toMatchObject({
    status: 'warn',
    cause: expect.stringMatching(/^C:/),
  })
  expect(locale({})).toMatchObject({ status: 'warn', fix: ['export LANG=C.UTF-8'] })
})

test('a profile that asks for more than there is fails with the numbers', async () => {
  const huge = { ...profiles.full, diskBytesMin: 1e18, memoryBytesMax: 1e15 }

  const findings = await checkResources(inputWith({ profile: huge }))

  expect(findingOf(findings, 'disk')).toMatchObject({ status: 'fail', code: 'DISK_TOO_SMALL' })
  expect(findingOf(findings, 'memory')).toMatchObject({ status: 'fail', code: 'MEMORY_TOO_SMALL' })
  expect(findingOf(findings, 'disk').fix[0]).toBe('corelab up --profile tiny')
})

test('a running environment is not accused of the memory and ports that it holds itself', async () => {
  const huge = { ...profiles.full, memoryBytesMax: 1e15 }
  const input = inputWith({ profile: huge, isRunning: true, portBase: 1024 })

  expect(findingOf(await checkResources(input), 'memory').status).toBe('pass')
  expect(findingOf(await checkPorts(input), 'ports').status).toBe('pass')
})

test('a busy port is a blocker that names its holder', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    const finding = findingOf(await checkPorts(inputWith({ portBase: port })), 'ports')

    expect(finding).toMatchObject({ status: 'fail', code: 'PORT_IN_USE' })
    expect(finding.cause).toContain(String(port))
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})

test('folders that are not there yet are judged by the one above', async () => {
  const findings = await checkPaths(inputWith({ dir: join(dir, 'not', 'yet') }))

  expect(findingOf(findings, 'project-folder').status).toBe('pass')
})

test('a path too long for unix sockets is said, because the sockets are then elsewhere', async () => {
  const deep = join(dir, 'd'.repeat(120))

  expect(findingOf(await checkPaths(inputWith()), 'sockets').cause).toBe('beside the data')
  expect(findingOf(await checkPaths(inputWith({ dir: deep })), 'sockets').cause).toContain('too long')
})

test('the whole examination gives every finding an id of its own, a cause, and a code and fix where it fails', async () => {
  const report = await runDoctor(inputWith({ profile: { ...profiles.tiny, diskBytesMin: 1e18 } }))

  const ids = report.findings.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(report.ready).toBe(false)
  for (const { id, status, cause, code, fix } of report.findings) {
    expect(cause, id).not.toBe('')
    if (status !== 'fail') continue
    expect(Object.keys(errorCatalogue), id).toContain(code)
    expect(fix.length, id).toBeGreaterThan(0)
  }
})

test('each server is a finding, and so is each of the three parts of Docker, where there is one', async () => {
  const { findings } = await runDoctor(inputWith())

  const ids = findings.map(({ id }) => id)
  expect(ids).toEqual(expect.arrayContaining(['mariadb', 'redis', 'rabbitmq', 'erlang', 'docker-cli']))
  expect(findings.filter(({ id, status }) => id.startsWith('docker') && status !== 'pass')).toEqual([])
})

test('a project that runs MySQL is checked for MySQL, and its folder of programs is looked in first', async () => {
  const server = join(dir, 'mysqld')
  await writeFile(server, "#!/bin/sh\necho '/x/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))'\n", {
    mode: 0o755,
  })
  const mysql = async (programsDir: string) =>
    findingOf((await runDoctor(inputWith({ database: { engine: 'mysql', programsDir } }))).findings, 'mysql')

  expect(await mysql(dir)).toMatchObject({ status: 'pass', cause: `9.7.4-2, ${server}` })

  await writeFile(
    server,
    "#!/bin/sh\necho 'mysqld  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)'\n",
    {
      mode: 0o755,
    },
  )
  expect(await mysql(dir)).toMatchObject({ status: 'fail', code: 'PROGRAM_TOO_OLD' })

  await writeFile(
    server,
    "#!/bin/sh\necho 'mysqld  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64'\n",
    {
      mode: 0o755,
    },
  )
  expect(await mysql(dir)).toMatchObject({
    status: 'fail',
    fix: [expect.stringContaining('database.programs'), expect.stringContaining('database.engine: mariadb')],
  })
})

test('own server settings that take away what an OK stands on are named; harmless ones are not', async () => {
  const own = async (text: string) => {
    await mkdir(join(dir, 'config', 'mysql'), { recursive: true })
    await writeFile(join(dir, 'config', 'mysql', 'extra.cnf'), text)
    return checkSafety(inputWith())
  }

  expect(await checkSafety(inputWith())).toMatchObject([{ status: 'pass' }])
  expect(await own('[mysqld]\nslow_query_log = ON\nsync_binlog = 1\n')).toMatchObject([{ status: 'pass' }])
  const found = await own(
    '[mysqld]\nsync-binlog=1000 # faster\nskip-log-bin\nloose-rpl_semi_sync_master_timeout = "100"\n; gtid_strict_mode=0',
  )
  expect(found.map(({ status, id, cause }) => [status, id, cause.split(',')[0]])).toEqual([
    ['warn', 'setting-sync_binlog', 'sync_binlog is 1000'],
    ['warn', 'setting-log_bin', 'log_bin is OFF'],
    ['warn', 'setting-rpl_semi_sync_master_timeout', 'rpl_semi_sync_master_timeout is 100'],
  ])
})

test('a load that was begun and not finished is a blocker, with its phase and both ways out', async () => {
  expect(findingOf(await checkLoad(inputWith()), 'load-window').status).toBe('pass')
  const paths = statePaths(join(dir, '.corelab', 'default'))
  await mkdir(paths.dir, { recursive: true })
  await saveWindow(paths, {
    schema: 'corelab/load-window@1',
    phase: 'copying',
    spec: { seed: 1, customers: 20_000, entities: 81, locale: 'zh', identity: 'safe' },
    master: present(nodeNames[0], 'node'),
    quarantined: [],
    startedAt: '2026-01-01T00:00:00.000Z',
  })

  expect(findingOf(await checkLoad(inputWith()), 'load-window')).toMatchObject({
    status: 'fail',
    code: 'LOAD_WINDOW_OPEN',
    cause: expect.stringMatching(/20,000 customers.*not finished; phase: copying/),
    fix: [expect.stringMatching(/^corelab users load --count 20000/), 'corelab users load --abandon'],
  })

  await writeFile(paths.loadWindowFile, '{')
  expect(findingOf(await checkLoad(inputWith()), 'load-window')).toMatchObject({ code: 'FILE_DAMAGED' })
})
