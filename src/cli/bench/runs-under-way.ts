import { join } from 'node:path'
import type { Context } from '../../kit/context.js'
import { leftRuns, type RunUnderWay, runUnderWay } from '../../load/bench/run-under-way.js'
import { benchAnswer } from './bench-answer.js'

/** Folder of runs under way, beside the reports of those that are over. */
const folderOf = (shelf: string) => join(shelf, 'under-way')

/**
 * Lends a run a place where it leaves what it has seen, and takes that away when `work` is over: by then the result is
 * saved, or there is none. `shelf` is the folder with a folder for each run.
 */
export async function withRunUnderWay<T>(
  shelf: string,
  { clock }: Context,
  work: (underWay: RunUnderWay) => Promise<T>,
): Promise<T> {
  const underWay = runUnderWay(folderOf(shelf), clock)
  try {
    return await work(underWay)
  } finally {
    await underWay.forget()
  }
}

/**
 * Saves what runs had seen whose command died without a word, each like any other run, and says where. Throws
 * PERMISSION_DENIED, DISK_TOO_SMALL.
 */
export async function saveLeftRuns(shelf: string, { emit }: Context): Promise<void> {
  for (const { result, remove } of await leftRuns(folderOf(shelf))) {
    if (result === null) {
      emit({ kind: 'warning', code: 'RUN_CRASHED', message: 'A run died, and what it left cannot be read' })
    } else {
      const dir = join(shelf, result.id)
      await benchAnswer(result, { dir, env: null })
      const message = `${result.scenario} of ${result.startedAt}: ${result.notAFigure}. What it had seen is in ${dir}`
      emit({ kind: 'warning', code: 'RUN_CRASHED', message })
    }
    await remove()
  }
}
