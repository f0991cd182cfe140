import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { corelabError, reasonOf } from '../../kit/errors.js'
import type { DrillRun } from '../run/drill-run.js'
import { processNow, topologyNow } from '../run/drill-run.js'

const run = promisify(execFile)

/**
 * Lets every file that qlink would make longer be too long: its writes fail, as on a full disk (EFBIG instead of
 * ENOSPC). Needs no rights beyond those over an own process. Throws DRILL_NEED_UNMET.
 */
export async function fillDisk(drill: DrillRun): Promise<string> {
  const { record } = await processNow(drill, 'qlink')
  drill.epochAtFault = (await topologyNow(drill)).epoch
  await setFileSizeLimit(record.pid, '1')
  drill.faults.begin('disk full', {
    title: 'no room for qlink to write',
    bit: null,
    evidence: 'no file of qlink can grow',
  })
  return `process ${record.pid} cannot make any file longer`
}

export async function freeDisk(drill: DrillRun): Promise<string> {
  const error = (await drill.qlink?.status().catch(() => null))?.diskError ?? null
  const { record } = await processNow(drill, 'qlink')
  await setFileSizeLimit(record.pid, 'unlimited')
  drill.faults.end('disk full', {
    bit: error !== null,
    evidence: error === null ? 'qlink met no error' : `qlink met: ${error}`,
  })
  return error ?? 'qlink had met no error'
}

async function setFileSizeLimit(pid: number, soft: string): Promise<void> {
  try {
    await run('prlimit', ['--pid', String(pid), `--fsize=${soft}:unlimited`])
  } catch (error) {
    throw corelabError('DRILL_NEED_UNMET', {
      message: 'The size of files cannot be limited on this host',
      detail: reasonOf(error),
      fix: ['apt-get install util-linux'],
      cause: error,
    })
  }
}
