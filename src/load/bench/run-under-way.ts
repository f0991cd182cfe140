import { readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { present } from '../../kit/assert.js'
import type { Clock } from '../../kit/clock.js'
import type { BenchResult } from '../../model/bench-result.js'
import { ensureDir, readJsonFile } from '../../sys/files.js'
import { isAlive, startTicksOf } from '../../sys/processes.js'
import type { LoadRecord } from '../engine/load-record.js'
import type { LoadRun } from '../engine/run-load.js'

/**
 * The result that a run would leave if its process died now, in a file of its own: whatever kills the command, the next one
 * finds it there. One file that is replaced, so it is whole at any moment and no larger than a result.
 */
export interface RunUnderWay {
  /** Writes now and then what `run` has seen, until the signal; `resultOf` makes a result of it. */
  follow(run: Pick<LoadRun, 'soFar'>, resultOf: (record: LoadRecord) => BenchResult, until: AbortSignal): void
  /** The same once, for a load that is over. Never rejects. */
  write(result: BenchResult): Promise<void>
  /** The result is saved elsewhere, or there is none. Never rejects. */
  forget(): Promise<void>
}

/** What is lost of a run that is killed, at most, while writing takes no time. */
const everyMs = 2000

/** Making the file may take this share of the time of a thread that may also be the load's. */
const costShareMax = 0.001

/** `folder` is that of all runs under way that share a place for their reports; it is made when it is needed. */
export function runUnderWay(folder: string, clock: Clock): RunUnderWay {
  const { pid } = process
  const path = join(folder, fileOf(pid, present(startTicksOf(pid), 'own start time')))
  let following: Promise<void> = Promise.resolve()
  // Not synced: it is there for a process that dies, and not for a host that does. Without room it is left out.
  const replace = async (text: string) => {
    try {
      await ensureDir(folder)
      await writeFile(`${path}${unfinished}`, text)
      await rename(`${path}${unfinished}`, path)
    } catch {
      // The run goes on; what it saves at its end is what counts.
    }
  }
  return {
    follow(run, resultOf, until) {
      following = (async () => {
        while (!until.aborted) {
          const begunMs = clock.monotonicMs()
          const record = run.soFar()
          const text = record && textOf(resultOf(record))
          const costMs = clock.monotonicMs() - begunMs
          if (text !== null) await replace(text)
          await clock.sleep(Math.max(everyMs, costMs / costShareMax), until).catch(() => undefined)
        }
      })()
    },
    async write(result) {
      await following
      await replace(textOf(result))
    },
    async forget() {
      await following
      for (const each of [path, `${path}${unfinished}`])
        await rm(each, { force: true }).catch(() => undefined)
      await removeEmpty(folder)
    },
  }
}

/** What a command left that died in a run. */
export interface LeftRun {
  /** null when what it left cannot be read. */
  readonly result: BenchResult | null
  /** Takes it away, once it is saved elsewhere. */
  remove(): Promise<void>
}

/** Runs of `folder` whose process is gone; those of living ones are left alone. */
export async function leftRuns(folder: string): Promise<readonly LeftRun[]> {
  const names = await readdir(folder).catch(() => [])
  const left = names.filter((name) => {
    const [, pid, startTicks] = ownedName.exec(name) ?? []
    return pid !== undefined && startTicks !== undefined && !isAlive({ pid: Number(pid), startTicks })
  })
  // A file that was being replaced is a second one of the same run.
  const [whole, parts] = [left.filter((name) => name.endsWith('.json')), left.filter(isUnfinished)]
  for (const name of parts) await rm(join(folder, name), { force: true })
  if (whole.length === 0 && parts.length > 0) await removeEmpty(folder)
  return Promise.all(
    whole.map(async (name) => {
      const path = join(folder, name)
      const result = await readJsonFile<Partial<BenchResult>>(path).catch(() => null)
      return {
        result: result?.schema === 'corelab/bench-result@1' ? (result as BenchResult) : null,
        async remove() {
          await rm(path, { force: true })
          await removeEmpty(folder)
        },
      }
    }),
  )
}

/** And the shelf that was made for it. Neither goes while there is anything in it. */
async function removeEmpty(folder: string): Promise<void> {
  for (const each of [folder, dirname(folder)]) await rmdir(each).catch(() => undefined)
}

const unfinished = '.new'
const isUnfinished = (name: string) => name.endsWith(unfinished)

/** The name says whose it is, so that also a file that cannot be read has an owner. */
const ownedName = /^run-(\d+)-(\d+)\.json(?:\.new)?$/

function fileOf(pid: number, startTicks: string): string {
  return `run-${pid}-${startTicks}.json`
}

function textOf(result: BenchResult): string {
  return `${JSON.stringify(result)}\n`
}
