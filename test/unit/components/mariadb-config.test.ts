import { expect, test } from 'vitest'
import type { ProfileName } from '../../../src/model/profile.js'
import { plannedComponents } from '../../support/plans.js'

type Options = Parameters<typeof plannedComponents>[1]

function configOf(node: number, options: Options & { readonly stateDir?: string } = {}): string {
  const spec = plannedComponents(options.stateDir ?? '/bank/.corelab/dev', options)[node]
  return spec?.files.find((file) => file.path.endsWith('mariadb.cnf'))?.text ?? ''
}

/** The settings of an option file, by name. */
function settingsOf(text: string): ReadonlyMap<string, string> {
  const pairs = [...text.matchAll(/^(\w+)\s*= (.*)$/gm)].map((match) => [match[1]!, match[2]!] as const)
  expect(new Set(pairs.map(([name]) => name)).size).toBe(pairs.length)
  return new Map(pairs)
}

test('nodes differ in what is their own and in nothing else', () => {
  const [first, third] = [settingsOf(configOf(0)), settingsOf(configOf(2))]
  const different = [...first.keys()].filter((name) => first.get(name) !== third.get(name))

  expect(different.sort()).toEqual(
    [
      ...['datadir', 'tmpdir', 'pid_file', 'log_error', 'socket', 'init_file'],
      ...['port', 'extra_port', 'server_id', 'report_host', 'report_port'],
    ].sort(),
  )
  expect([first.get('server_id'), third.get('server_id')]).toEqual(['1', '3'])
})

test.each<[ProfileName, string, string, string]>([
  ['tiny', '67108864', '50331648', '100'],
  ['small', '268435456', '268435456', '300'],
  ['full', '1610612736', '1073741824', '1200'],
])('profile %s decides about memory', (profile, bufferPool, redoLog, connections) => {
  const settings = settingsOf(configOf(0, { profile }))

  expect(settings.get('innodb_buffer_pool_size')).toBe(bufferPool)
  expect(settings.get('innodb_log_file_size')).toBe(redoLog)
  expect(settings.get('max_connections')).toBe(connections)
})

test('the user is named only when root started us', () => {
  expect(settingsOf(configOf(0, { asRoot: true })).get('user')).toBe('root')
  expect(settingsOf(configOf(0)).has('user')).toBe(false)
})

test('a filesystem without direct I/O gets another way to flush', () => {
  expect(settingsOf(configOf(0)).get('innodb_flush_method')).toBe('O_DIRECT')
  expect(settingsOf(configOf(0, { directIo: false })).get('innodb_flush_method')).toBe('fsync')
})

test('a path is quoted, and its backslashes are not escapes', () => {
  const settings = settingsOf(configOf(0, { stateDir: '/a b/#1/c\\n' }))

  expect(settings.get('datadir')).toBe('"/a b/#1/c\\\\n/components/db-1/data"')
})

test('every safety setting has a comment above it that says why', () => {
  const lines = configOf(0).split('\n')
  for (const name of [
    'sync_binlog',
    'gtid_strict_mode',
    'read_only',
    'rpl_semi_sync_master_wait_point',
    'binlog_format',
  ])
    expect(lines[lines.findIndex((line) => line.startsWith(`${name} `)) - 1]).toMatch(/^# /)
})
