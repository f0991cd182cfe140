import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { present } from '../../kit/assert.js'
import type { NodeName } from '../../model/node.js'
import { ensureDir } from '../../sys/files.js'
import type { DrillRun, Victim } from '../run/drill-run.js'

/** A tail can lie across the border of two files. */
const filesKept = 2

/** Where the copies of an old master's last binlog files are. */
export function keptBinlogDir(
  run: Pick<DrillRun, 'reportDir'>,
  victim: Pick<Victim, 'node' | 'epoch'>,
): string {
  return join(run.reportDir, 'binlogs', `${victim.node}-epoch-${victim.epoch}`)
}

/**
 * Copies the end of an old master's binlog aside, as it was when it was struck: bringing the node back may cut it.
 * A file that vanishes meanwhile is no loss.
 */
export async function keepBinlog(
  run: Pick<DrillRun, 'plan' | 'reportDir'>,
  victim: Pick<Victim, 'node' | 'epoch'>,
): Promise<void> {
  const dataDir = dataDirOf(run, victim.node)
  const names = (await readdir(dataDir).catch(() => [])).filter((name) => /^binlog\.\d+$/.test(name)).sort()
  const dir = keptBinlogDir(run, victim)
  await ensureDir(dir)
  for (const name of names.slice(-filesKept))
    await copyFile(join(dataDir, name), join(dir, name)).catch(() => undefined)
}

function dataDirOf(run: Pick<DrillRun, 'plan'>, node: NodeName): string {
  return present(
    run.plan.nodes.find(({ name }) => name === node),
    `node ${node} in the plan`,
  ).dataDir
}
