import { join } from 'node:path'
import { readReportAssets } from '../../drills/stage/report-assets.js'
import { present } from '../../kit/assert.js'
import type { ExitCode } from '../../kit/exit-codes.js'
import { exitCodes } from '../../kit/exit-codes.js'
import type { BenchComparison } from '../../model/bench-comparison.js'
import { renderCompareHtml } from '../../report/bench/compare-html.js'
import { ensureDir, writeFileAtomic } from '../../sys/files.js'
import type { Answer } from '../answer.js'
import { compareLines } from '../render/bench/compare.js'
import { compareRunsLines } from '../render/bench/compare-runs.js'

/** A comparison, and the folder that has it with its report. */
export interface SavedComparison {
  readonly comparison: BenchComparison
  readonly dir: string
}

export async function saveComparison(comparison: BenchComparison, dir: string): Promise<SavedComparison> {
  await ensureDir(dir)
  await writeFileAtomic(join(dir, 'comparison.json'), `${JSON.stringify(comparison, null, 2)}\n`)
  await writeFileAtomic(join(dir, 'report.html'), renderCompareHtml(comparison, await readReportAssets()))
  return { comparison, dir }
}

/** The last of the runs, which knows those before it; and when several were wanted, each of them beside it. */
export function compareAnswer(
  runs: readonly SavedComparison[],
  { env, wanted }: { readonly env: string; readonly wanted: number },
): Answer {
  const { comparison, dir } = present(runs.at(-1), 'run of the comparison')
  const each = runs.map((run) => ({ ...run.comparison, dir: run.dir }))
  return {
    data: { ...comparison, dir, ...(wanted === 1 ? {} : { runs: each.map(runData) }) },
    lines: (screen) => [
      ...(wanted === 1 ? [] : compareRunsLines(runs, wanted, screen)),
      ...compareLines(comparison, { dir, cwd: process.cwd() }, screen),
    ],
    exit: exitOf(each),
    env,
  }
}

/** What sets one run apart; the rest is that of the last. */
function runData({
  id,
  dir,
  startedAt,
  ratios,
  noise,
  gates,
  notAComparison,
}: BenchComparison & { dir: string }) {
  return { id, dir, startedAt, ratios, noise, gates, notAComparison }
}

/** A gate that is neither met nor missed is no success: more rounds tell. The worst of the runs counts. */
function exitOf(runs: readonly BenchComparison[]): ExitCode {
  const has = (verdict: 'missed' | 'open') =>
    runs.some(({ gates }) => gates.some((gate) => gate.verdict === verdict))
  if (runs.some(({ notAComparison }) => notAComparison !== null) || has('missed')) return exitCodes.negative
  return has('open') ? exitCodes.inconclusive : exitCodes.ok
}
