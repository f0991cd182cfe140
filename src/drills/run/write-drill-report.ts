import { join } from 'node:path'
import type { DrillResult } from '../../model/drill-result.js'
import { renderDrillHtml } from '../../report/drill/drill-html.js'
import { renderJunit } from '../../report/drill/junit.js'
import { writeFileAtomic } from '../../sys/files.js'
import { readReportAssets } from '../stage/report-assets.js'

/** Writes `result.json`, `junit.xml` and `report.html`. Throws PERMISSION_DENIED, DISK_TOO_SMALL. */
export async function writeDrillReport(reportDir: string, result: DrillResult): Promise<void> {
  await writeFileAtomic(join(reportDir, 'result.json'), `${JSON.stringify(result, null, 2)}\n`)
  await writeFileAtomic(join(reportDir, 'junit.xml'), renderJunit([result]))
  await writeFileAtomic(join(reportDir, 'report.html'), renderDrillHtml(result, await readReportAssets()))
}
