import { corelabError } from '../../kit/errors.js'
import type { PopulationSpec } from '../population.js'
import { openJobThread } from './job-thread.js'
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

/** Below, threads would take longer to start than to work. */
const customersPerThreadMin = 20_000

const threadFile = new URL('./runner-main.js', import.meta.url)

/** As many threads as wanted; a small population is made right here. */
export function openRunners(spec: PopulationSpec, wanted: number): readonly PartRunner[] {
  if (spec.customers < customersPerThreadMin) return [runnerHere(spec)]
  return Array.from({ length: wanted }, () => openThread(spec, { alone: wanted === 1 }))
}

function runnerHere(spec: PopulationSpec): PartRunner {
  const maker = new PartMaker(spec)
  return {
    // Between two parts, timers and signals have their turn.
    run: (job) => new Promise((resolve) => setImmediate(() => resolve(maker.make(job)))),
    end: async () => undefined,
  }
}

/** A thread of its own. `alone`: there is no other. `file`: its entry, compiled. */
export function openThread(
  spec: PopulationSpec,
  { alone, file = threadFile }: { readonly alone: boolean; readonly file?: URL },
): PartRunner {
  // Whoever has several has a flag that says how many.
  const lost = (reason: string, stack?: string) =>
    corelabError('BUG', {
      message: `A part of the population could not be made: ${reason}`,
      detail: stack,
      fix: alone ? [] : ['the same command with --workers 1'],
    })
  return openJobThread<PartJob, PartReport, Part>({
    entry: file,
    data: spec,
    outcomeOf: (report) =>
      report.kind === 'made' ? { result: report.part } : { error: lost(report.reason, report.stack) },
    broken: lost,
  })
}
