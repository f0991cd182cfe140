import { rename, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isoTime } from '../../kit/clock.js'
import type { DemoResult } from '../../model/demo-result.js'
import { renderDemoHtml } from '../../report/demo-html.js'
import { removeTree, writeFileAtomic } from '../../sys/files.js'
import { readReportAssets } from '../stage/report-assets.js'

/** `2026-11-22T09-14-03Z`: sorts by time and is a valid file name everywhere. */
export function reportDirOf(reportsDir: string, startedAtMs: number): string {
  return join(
    reportsDir,
    'demo',
    isoTime(startedAtMs)
      .replace(/\.\d+Z$/, 'Z')
      .replaceAll(':', '-'),
  )
}

/** Writes `result.json` and `report.html`, then lets `latest` point at their folder. Throws PERMISSION_DENIED. */
export async function writeReport(reportDir: string, result: DemoResult): Promise<void> {
  await writeFileAtomic(join(reportDir, 'result.json'), `${JSON.stringify(result, null, 2)}\n`)
  await writeFileAtomic(join(reportDir, 'report.html'), renderDemoHtml(result, await readReportAssets()))
  await pointLatest(reportDir)
}

/** Replaces the link in one step, so that a reader never finds none. */
async function pointLatest(reportDir: string): Promise<void> {
  const link = join(dirname(reportDir), 'latest')
  const fresh = `${link}.${process.pid}.tmp`
  await removeTree(fresh)
  await symlink(basename(reportDir), fresh)
  await rename(fresh, link)
}
