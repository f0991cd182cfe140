import { present } from '../../kit/assert.js'
import { mix32, type Random, seededRandom } from '../../kit/random.js'
import type { WorkloadSpec } from '../engine/load-plan.js'
import type { Workload, WorkloadFactory } from '../engine/workload.js'
import type { LoadSession } from '../load-session.js'
import type { OperationOutcome } from '../operation-outcome.js'

/** Several workloads as one. Each operation is of one of them, drawn by weight. */
export interface MixParams {
  readonly parts: readonly { readonly weight: number; readonly workload: WorkloadSpec }[]
}

/**
 * Every session has one session of each part. The classes are those of the parts, one after the other. `find`: the
 * registry, which knows this one too.
 */
export function mixWorkload(find: (name: string) => Promise<WorkloadFactory>): WorkloadFactory {
  return (spec, thread) => openMix(spec, thread, find)
}

async function openMix(
  { params }: WorkloadSpec,
  thread: Parameters<WorkloadFactory>[1],
  find: (name: string) => Promise<WorkloadFactory>,
): Promise<Workload> {
  const { parts } = params as MixParams
  const workloads: Workload[] = []
  for (const { workload } of parts) workloads.push(await (await find(workload.name))(workload, thread))
  const firstClasses = workloads.map((_, index) =>
    workloads.slice(0, index).reduce((sum, { classes }) => sum + classes.length, 0),
  )
  return {
    classes: workloads.flatMap(({ classes }) => classes),
    openSession: async (index) => {
      const random = seededRandom(mix32(thread.seed + index + 1))
      const sessions = await openAll(workloads, index)
      const withWeights = sessions.map((session, part) => ({
        session,
        weight: present(parts[part], 'part').weight,
        firstClass: present(firstClasses[part], 'first class'),
      }))
      return new MixSession(withWeights, random)
    },
    close: async () => {
      const counted: Record<string, number> = {}
      for (const workload of workloads)
        for (const [name, value] of Object.entries(await workload.close()))
          counted[name] = (counted[name] ?? 0) + value
      return counted
    },
  }
}

async function openAll(workloads: readonly Workload[], index: number): Promise<readonly LoadSession[]> {
  const opened: LoadSession[] = []
  try {
    for (const workload of workloads) opened.push(await workload.openSession(index))
    return opened
  } catch (error) {
    await Promise.all(opened.map((session) => session.close()))
    throw error
  }
}

interface Part {
  readonly session: LoadSession
  readonly weight: number
  readonly firstClass: number
}

class MixSession implements LoadSession {
  readonly #sum: number

  constructor(
    private readonly parts: readonly Part[],
    private readonly random: Random,
  ) {
    this.#sum = parts.reduce((sum, { weight }) => sum + weight, 0)
  }

  run(done: (outcome: OperationOutcome, operationClass?: number) => void): void {
    const { session, firstClass } = this.#draw()
    session.run((outcome, operationClass = 0) => done(outcome, firstClass + operationClass))
  }

  async close(): Promise<void> {
    await Promise.all(this.parts.map(({ session }) => session.close()))
  }

  #draw(): Part {
    let left = this.random.fraction() * this.#sum
    for (const part of this.parts) {
      left -= part.weight
      if (left < 0) return part
    }
    return present(this.parts.at(-1), 'last part')
  }
}
