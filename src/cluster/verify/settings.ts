import type { DatabaseEngine } from '../../model/database-engine.js'

/** A server setting that the safety argument stands on. */
export interface SafetySetting {
  /** As `SHOW GLOBAL VARIABLES` and `SHOW GLOBAL STATUS` name it. */
  readonly name: string
  /** The values that it may have; a number is the least. */
  readonly wanted: string | number
  /** What goes wrong with another one. */
  readonly why: string
  /** Whether the keeper's account may set it while the server runs. */
  readonly settable?: true
}

/** What must be in force on a node, by its part. Pure. */
export function safetySettings(engine: DatabaseEngine, part: 'master' | 'replica'): readonly SafetySetting[] {
  const isMaster = part === 'master'
  return engine === 'mariadb' ? mariadbSettings(isMaster) : mysqlSettings(isMaster)
}

/** The settings whose values are not what they must be, one sentence each. */
export function violationsOf(
  settings: readonly SafetySetting[],
  values: ReadonlyMap<string, string>,
): readonly string[] {
  return settings.flatMap(({ name, wanted, why }) => {
    const value = values.get(name.toLowerCase())
    if (value !== undefined && holds(value, wanted)) return []
    const must = typeof wanted === 'number' ? `at least ${wanted}` : wanted
    return [`${name} is ${value ?? 'not there'}, must be ${must}: ${why}`]
  })
}

function holds(value: string, wanted: string | number): boolean {
  if (typeof wanted === 'number') return Number(value) >= wanted
  return normalised(value) === normalised(wanted)
}

/** Servers say ON or 1, as they please. */
function normalised(value: string): string {
  const text = value.toUpperCase()
  return text === 'ON' ? '1' : text === 'OFF' ? '0' : text
}

/** Milliseconds, 49 days: more than any time-out that could be meant. */
const unboundedMs = 4_294_967_295

const durable: readonly SafetySetting[] = [
  {
    name: 'sync_binlog',
    wanted: '1',
    why: 'a crash could lose binlog that was acknowledged',
    settable: true,
  },
  { name: 'innodb_flush_log_at_trx_commit', wanted: '1', why: 'a crash could lose commits' },
  { name: 'innodb_doublewrite', wanted: 'ON', why: 'a torn page could not be mended' },
  { name: 'log_bin', wanted: 'ON', why: 'nobody could follow this node' },
  { name: 'binlog_format', wanted: 'ROW', why: 'statements may give other rows elsewhere', settable: true },
  {
    name: 'binlog_row_image',
    wanted: 'FULL',
    why: 'changes could not be undone or compared',
    settable: true,
  },
  { name: 'binlog_checksum', wanted: 'CRC32', why: 'damage would not be seen', settable: true },
  { name: 'relay_log_recovery', wanted: 'ON', why: 'torn relay logs would be trusted after a crash' },
]

function mariadbSettings(isMaster: boolean): readonly SafetySetting[] {
  return [
    ...durable,
    { name: 'log_slave_updates', wanted: 'ON', why: 'it could not become master' },
    {
      name: 'gtid_strict_mode',
      wanted: 'ON',
      why: 'a forked history would be followed without a word',
      settable: true,
    },
    { name: 'gtid_domain_id', wanted: '0', why: 'another domain hides a split history' },
    {
      name: 'rpl_semi_sync_master_wait_point',
      wanted: 'AFTER_SYNC',
      why: 'reads would see what may be lost',
      settable: true,
    },
    {
      name: 'rpl_semi_sync_master_timeout',
      wanted: unboundedMs,
      why: 'commits would go on unacknowledged',
      settable: true,
    },
    {
      name: 'rpl_semi_sync_master_wait_no_slave',
      wanted: 'ON',
      why: 'commits would not wait for qlink',
      settable: true,
    },
    { name: 'rpl_semi_sync_slave_enabled', wanted: 'OFF', why: 'only qlink may acknowledge', settable: true },
    {
      name: 'rpl_semi_sync_master_enabled',
      wanted: isMaster ? 'ON' : 'OFF',
      why: roleReason(isMaster),
      settable: true,
    },
    { name: 'read_only', wanted: isMaster ? 'OFF' : 'ON', why: writeReason(isMaster), settable: true },
    ...(isMaster ? ackStatus('Rpl_semi_sync_master') : []),
  ]
}

function mysqlSettings(isMaster: boolean): readonly SafetySetting[] {
  return [
    ...durable,
    { name: 'log_replica_updates', wanted: 'ON', why: 'it could not become master' },
    { name: 'gtid_mode', wanted: 'ON', why: 'histories could not be compared' },
    { name: 'enforce_gtid_consistency', wanted: 'ON', why: 'some statements would have no GTID' },
    { name: 'replica_preserve_commit_order', wanted: 'ON', why: 'it would not be a prefix all the time' },
    {
      name: 'rpl_semi_sync_source_wait_point',
      wanted: 'AFTER_SYNC',
      why: 'reads would see what may be lost',
      settable: true,
    },
    {
      name: 'rpl_semi_sync_source_timeout',
      wanted: unboundedMs,
      why: 'commits would go on unacknowledged',
      settable: true,
    },
    {
      name: 'rpl_semi_sync_source_wait_no_replica',
      wanted: 'ON',
      why: 'commits would not wait for qlink',
      settable: true,
    },
    {
      name: 'rpl_semi_sync_source_wait_for_replica_count',
      wanted: '1',
      why: 'qlink is the only one to wait for',
      settable: true,
    },
    {
      name: 'rpl_semi_sync_replica_enabled',
      wanted: 'OFF',
      why: 'only qlink may acknowledge',
      settable: true,
    },
    {
      name: 'rpl_semi_sync_source_enabled',
      wanted: isMaster ? 'ON' : 'OFF',
      why: roleReason(isMaster),
      settable: true,
    },
    { name: 'super_read_only', wanted: isMaster ? 'OFF' : 'ON', why: writeReason(isMaster), settable: true },
    ...(isMaster ? ackStatus('Rpl_semi_sync_source') : []),
  ]
}

/** Of the master, as it is and not as it was asked to be. */
function ackStatus(prefix: string): readonly SafetySetting[] {
  return [
    { name: `${prefix}_status`, wanted: 'ON', why: 'commits go out unacknowledged now' },
    { name: `${prefix}_clients`, wanted: '1', why: 'exactly qlink acknowledges' },
    {
      name: `${prefix}_no_tx`,
      wanted: '0',
      why: 'so many transactions went out unacknowledged since its start',
    },
  ]
}

function roleReason(isMaster: boolean): string {
  return isMaster ? 'commits would not wait for qlink' : 'what it applies would wait for nobody'
}

function writeReason(isMaster: boolean): string {
  return isMaster ? 'nobody could write' : 'a write here would split the history'
}
