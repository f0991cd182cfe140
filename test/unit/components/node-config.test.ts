import { describe, expect, test } from 'vitest'
import type { DatabaseEngine } from '../../../src/model/database-engine.js'
import type { ProfileName } from '../../../src/model/profile.js'
import { plannedComponents } from '../../support/plans.js'

type Options = Parameters<typeof plannedComponents>[1]

function configOf(node: number, options: Options & { readonly stateDir?: string } = {}): string {
  const spec = plannedComponents(options.stateDir ?? '/bank/.corelab/dev', options)[node]
  return spec?.files.find((file) => file.path.endsWith(`${options.engine ?? 'mariadb'}.cnf`))?.text ?? ''
}

/** The settings of an option file, by name; what may be given several times is kept apart. */
function settingsOf(text: string): ReadonlyMap<string, string> {
  const pairs = [...text.matchAll(/^(\w+)\s*=[ ]?(.*)$/gm)]
    .map((match) => [match[1]!, match[2]!] as const)
    .filter(([name]) => name !== 'plugin_load_add')
  expect(new Set(pairs.map(([name]) => name)).size).toBe(pairs.length)
  return new Map(pairs)
}

const ownSettings: Readonly<Record<DatabaseEngine, readonly string[]>> = {
  mariadb: ['port', 'extra_port', 'server_id', 'report_host', 'report_port'],
  mysql: ['port', 'admin_port', 'server_id', 'report_host', 'report_port'],
}

const safetySettings: Readonly<Record<DatabaseEngine, readonly string[]>> = {
  mariadb: [
    'sync_binlog',
    'gtid_strict_mode',
    'read_only',
    'rpl_semi_sync_master_wait_point',
    'rpl_semi_sync_master_timeout',
    'binlog_format',
  ],
  mysql: [
    'enforce_gtid_consistency',
    'super_read_only',
    'replica_preserve_commit_order',
    'rpl_semi_sync_source_wait_point',
    'rpl_semi_sync_source_timeout',
    'rpl_semi_sync_source_wait_for_replica_count',
    'rpl_semi_sync_source_wait_no_replica',
    'binlog_format',
  ],
}

describe.each<DatabaseEngine>(['mariadb', 'mysql'])('the option file of %s', (engine) => {
  test('nodes differ in what is their own and in nothing else', () => {
    const [first, third] = [settingsOf(configOf(0, { engine })), settingsOf(configOf(2, { engine }))]
    const different = [...first.keys()].filter((name) => first.get(name) !== third.get(name))

    expect(different.sort()).toEqual(
      [
        ...['datadir', 'tmpdir', 'pid_file', 'log_error', 'socket', 'init_file'],
        ...ownSettings[engine],
      ].sort(),
    )
    expect([first.get('server_id'), third.get('server_id')]).toEqual(['1', '3'])
  })

  test.each<[ProfileName, string, string, string]>([
    ['tiny', '67108864', '50331648', '100'],
    ['small', '268435456', '268435456', '300'],
    ['full', '1610612736', '1073741824', '5000'],
  ])('profile %s decides about memory', (profile, bufferPool, redoLog, connections) => {
    const settings = settingsOf(configOf(0, { profile, engine }))

    expect(settings.get('innodb_buffer_pool_size')).toBe(bufferPool)
    expect(settings.get('innodb_log_file_size') ?? settings.get('innodb_redo_log_capacity')).toBe(redoLog)
    expect(settings.get('max_connections')).toBe(connections)
  })

  test('the user is named only when root started us', () => {
    expect(settingsOf(configOf(0, { asRoot: true, engine })).get('user')).toBe('root')
    expect(settingsOf(configOf(0, { engine })).has('user')).toBe(false)
  })

  test('a filesystem without direct I/O gets another way to flush', () => {
    expect(settingsOf(configOf(0, { engine })).get('innodb_flush_method')).toBe('O_DIRECT')
    expect(settingsOf(configOf(0, { directIo: false, engine })).get('innodb_flush_method')).toBe('fsync')
  })

  test('a path is quoted, and its backslashes are not escapes', () => {
    const settings = settingsOf(configOf(0, { stateDir: '/a b/#1/c\\n', engine }))

    expect(settings.get('datadir')).toBe('"/a b/#1/c\\\\n/components/db-1/data"')
  })

  test('every safety setting is there, with a comment above it, or above its group, that says why', () => {
    const lines = configOf(0, { engine }).split('\n')
    for (const name of safetySettings[engine]) {
      const at = lines.findIndex((line) => line.startsWith(`${name} `))
      expect(at, name).toBeGreaterThan(0)
      expect(lines[at - 1], name).toMatch(/^# /)
    }
  })
})

test('with MySQL both semi-sync plugins are loaded: their settings are unknown without them, and it would not start', () => {
  const text = configOf(0, { engine: 'mysql' })

  expect(text.match(/^plugin_load_add\s+= (\S+)$/gm)).toHaveLength(2)
  expect(text.indexOf('semisync_source.so')).toBeLessThan(text.indexOf('rpl_semi_sync_source_enabled'))
})
