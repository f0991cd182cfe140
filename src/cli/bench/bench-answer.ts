import { basename, dirname, join } from 'node:path'
import { readReportAssets } from '../../drills/stage/report-assets.js'
import { exitCodes } from '../../kit/exit-codes.js'
import { LogHistogram } from '../../kit/log-histogram.js'
import { saveResult } from '../../load/bench/save-result.js'
import { readSaved } from '../../load/compare/saved-runs.js'
import type { BenchResult, HistogramData } from '../../model/bench-result.js'
import { renderBenchHtml } from '../../report/bench/bench-html.js'
import { scalingOf } from '../../report/bench/scaling.js'
import { writeFileAtomic } from '../../sys/files.js'
import type { Answer } from '../answer.js'
import { benchRunLines } from '../render/bench/run.js'

/** Saves a result beside its report, and turns it into an answer. */
export async function benchAnswer(
  result: BenchResult,
  { dir, env }: { readonly dir: string; readonly env: string | null },
): Promise<Answer> {
  const resultFile = await saveResult(result, dir)
  const report = join(dir, 'report.html')
  await writeFileAtomic(
    report,
    renderBenchHtml(result, await readReportAssets(), await scalingNear(result, dir)),
  )
  return {
    data: { ...result, load: summaryOf(result.load), resultFile, report },
    lines: (screen) => benchRunLines(result, { dir, cwd: process.cwd() }, screen),
    exit: result.figure === null ? exitCodes.negative : exitCodes.ok,
    ...(env === null ? {} : { env }),
  }
}

/** Runs of the same thing that lie beside this one; in a folder that the user named, nothing is looked for. */
async function scalingNear(result: BenchResult, dir: string) {
  const shelf = dirname(dir)
  return basename(shelf) === 'bench' ? scalingOf(result, (await readSaved(shelf)).results) : []
}

/** Thousands of buckets are for programs that read `result.json`; a caller wants percentiles. */
function summaryOf(load: BenchResult['load']) {
  return {
    ...load,
    classes: load.classes.map((each) => ({ ...each, latency: latencyOf(each.latency) })),
    latency: latencyOf(load.latency),
    serviceTime: load.serviceTime && latencyOf(load.serviceTime),
  }
}

function latencyOf(data: HistogramData) {
  const histogram = LogHistogram.of(data)
  const at = (percentile: number) => histogram.percentileUs(percentile)
  const { count, sumUs, maxUs } = data
  return { count, sumUs, maxUs, p50Us: at(50), p90Us: at(90), p95Us: at(95), p99Us: at(99), p999Us: at(99.9) }
}
