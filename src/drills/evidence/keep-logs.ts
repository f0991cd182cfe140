import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EnvironmentRef } from '../../cluster/environment-store.js'
import { pathsOf } from '../../cluster/environment-store.js'
import type { BootPlan } from '../../model/boot-plan.js'
import { ensureDir, writeFileAtomic } from '../../sys/files.js'
import { lastLines } from '../../sys/log-tail.js'

/** Enough to see what a server said around a fault. */
const linesKept = 2000

/** Puts the ends of all logs beside the report, because the environment they lie in will be deleted. */
export async function keepServerLogs(plan: BootPlan, ref: EnvironmentRef, reportDir: string): Promise<void> {
  const dir = join(reportDir, 'logs')
  await ensureDir(dir)
  const logs = plan.components.map(({ name, serverLog }) => ({ name: name as string, path: serverLog }))
  for (const { name, path } of [...logs, { name: 'keeper', path: pathsOf(ref).keeperLog }]) {
    const lines = await lastLines(path, linesKept).catch(() => [])
    if (lines.length > 0) await writeFileAtomic(join(dir, `${name}.log`), `${lines.join('\n')}\n`)
  }
}

/** The keeper's own record of the run belongs to the evidence of every run. */
export async function keepKeeperEvents(ref: EnvironmentRef, reportDir: string): Promise<void> {
  await copyFile(pathsOf(ref).eventsFile, join(reportDir, 'keeper-events.jsonl')).catch(() => undefined)
}
