import { Worker } from 'node:worker_threads'
import { corelabError, reasonOf } from '../../kit/errors.js'
import type { PopulationSpec } from '../population.js'
import { type Part, type PartJob, PartMaker } from './part-maker.js'

/** Whoever makes parts of a population, one at a time. */
export interface PartRunner {
  /** Throws BUG when the part cannot be made, or when the runner is gone. */
  run(job: PartJob): Promise<Part>
  /** At once; what it was doing is lost. */
  end(): Promise<void>
}

/** What a thread answers. */
export type PartReport =
  | { readonly kind: 'made'; readonly part: Part }
  | { readonly kind: 'broke'; readonly reason: string; readonly stack: string }

/** Dictionaries and one part: 60 MiB. Whoever takes this much is broken. */
const heapMaxMiB = 192

/** Below, threads would take longer to start than to work. */
const customersPerThreadMin = 20_000

const threadFile = new URL('./runner-main.js', import.meta.url)

/** As many threads as wanted; a small population is made right here. */
export function openRunners(spec: PopulationSpec, wanted: number): readonly PartRunner[] {
  if (spec.customers < customersPerThreadMin) return [runnerHere(spec)]
  return Array.from({ length: wanted }, () => openThread(spec))
}

function runnerHere(spec: PopulationSpec): PartRunner {
  const maker = new PartMaker(spec)
  return {
    // Between two parts, timers and signals have their turn.
    run: (job) => new Promise((resolve) => setImmediate(() => resolve(maker.make(job)))),
    end: async () => undefined,
  }
}

/** A thread of its own. `file`: its entry, compiled. */
export function openThread(spec: PopulationSpec, file: URL = threadFile): PartRunner {
  const worker = new Worker(file, {
    workerData: spec,
    resourceLimits: { maxOldGenerationSizeMb: heapMaxMiB },
  })
  let waiting: { readonly resolve: (part: Part) => void; readonly reject: (error: Error) => void } | null =
    null
  let death: string | null = null
  const die = (reason: string) => {
    death ??= reason
    waiting?.reject(lost(death))
    waiting = null
  }
  worker.on('message', (report: PartReport) => {
    const current = waiting
    waiting = null
    if (report.kind === 'made') current?.resolve(report.part)
    else current?.reject(lost(report.reason, report.stack))
  })
  worker.on('error', (error) => die(reasonOf(error)))
  worker.on('exit', (code) => die(`the thread ended with ${code}`))
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (death !== null) return reject(lost(death))
        waiting = { resolve, reject }
        worker.postMessage(job)
      }),
    end: async () => {
      await worker.terminate()
    },
  }
}

function lost(reason: string, stack?: string): Error {
  return corelabError('BUG', {
    message: `A part of the population could not be made: ${reason}`,
    detail: stack,
    fix: ['the same command with --workers 1'],
  })
}
