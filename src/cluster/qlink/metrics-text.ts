import type { QlinkStatus } from '../../model/qlink.js'

/** The status in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export function metricsText(status: QlinkStatus): string {
  const { counters, link, shadow, leader } = status
  const lines: string[] = []
  const add = (kind: 'counter' | 'gauge', name: string, help: string, value: number) => {
    lines.push(`# HELP corelab_qlink_${name} ${help}`, `# TYPE corelab_qlink_${name} ${kind}`)
    lines.push(`corelab_qlink_${name} ${value}`)
  }
  add('gauge', 'term', 'Newest keeper that took command', status.term)
  add('gauge', 'epoch', 'Present or last epoch', status.epoch)
  add('gauge', 'open', '1 while an epoch is open', Number(status.phase === 'open'))
  add('gauge', 'receiving', '1 while the leader sends', Number(link.state === 'receiving'))
  add('gauge', 'throttled', '1 while acknowledgements are held back', Number(status.throttled))
  add('gauge', 'disk_failed', '1 while the log cannot be written', Number(status.diskError !== null))
  add('gauge', 'received_transactions', 'End of the log as received', status.received.transactions)
  add('gauge', 'durable_transactions', 'End of the log as synced', status.durable.transactions)
  add('gauge', 'log_bytes', 'Bytes of transactions since the first one ever', status.durable.bytes)
  add('gauge', 'loop_delay_seconds', 'Worst lateness in the last second', status.loopDelayMs / 1000)
  add('gauge', 'resident_bytes', 'Memory of the process', counters.residentBytes)
  if (link.heardAgoMs !== null)
    add('gauge', 'heard_ago_seconds', 'Since the last packet of the leader', link.heardAgoMs / 1000)
  if (shadow)
    add('gauge', 'shadow_backlog_transactions', 'What the shadow has to apply', shadow.backlogTransactions)
  add('counter', 'transactions_total', 'Received by this process', counters.transactions)
  add('counter', 'bytes_total', 'Received by this process', counters.bytes)
  add('counter', 'syncs_total', 'Syncs of the log', counters.syncs)
  add('counter', 'acks_total', 'Acknowledgements sent', counters.acks)
  add('counter', 'throttles_total', 'Times that acknowledgements were held back', counters.throttles)
  add('counter', 'links_total', 'Connections to leaders', counters.links)
  add('counter', 'cpu_seconds_total', 'CPU time of the process', counters.cpuMicros / 1e6)
  const leaderName = (leader?.node ?? 'none').replace(/["\\\n]/g, '_')
  lines.push('# HELP corelab_qlink_info Whom it follows', '# TYPE corelab_qlink_info gauge')
  lines.push(`corelab_qlink_info{leader="${leaderName}",phase="${status.phase}"} 1`)
  return `${lines.join('\n')}\n`
}
