import { mix32, type Random, seededRandom } from '../../kit/random.js'
import type { WorkloadSpec } from '../engine/load-plan.js'
import type { WorkloadFactory } from '../engine/workload.js'
import type { LoadSession } from '../load-session.js'
import type { OperationOutcome } from '../operation-outcome.js'
import { accountReadWorkload } from './account-read.js'
import { keyValueWorkload } from './key-value.js'

export interface ReadAndWriteParams {
  readonly read: WorkloadSpec
  readonly write: WorkloadSpec
  /** Of all operations. */
  readonly writePercent: number
}

/** Each client has a connection for its reads and one for its writes, as a program with a router has. */
export const readAndWriteWorkload: WorkloadFactory = async ({ params }, thread) => {
  const { read, write, writePercent } = params as ReadAndWriteParams
  const readers = await (read.name === 'account-read' ? accountReadWorkload : keyValueWorkload)(read, thread)
  const writers = await keyValueWorkload(write, thread)
  const counts = { updatesBegun: 0, updatesEnded: 0, updatesOk: 0, updatesUnknown: 0 }
  return {
    classes: ['read', ...writers.classes],
    openSession: async (index) => {
      const reader = await readers.openSession(index)
      try {
        const writer = await writers.openSession(index)
        const random = seededRandom(mix32(thread.seed + index + 1))
        return new ReadAndWriteSession(reader, new CountedSession(writer, counts), random, writePercent / 100)
      } catch (error) {
        await reader.close()
        throw error
      }
    },
    close: async () => ({ ...(await readers.close()), ...(await writers.close()), ...counts }),
  }
}

/** Counts from the first operation to the last, warm-up and drain included: what the table must show. */
class CountedSession implements LoadSession {
  constructor(
    private readonly session: LoadSession,
    private readonly counts: {
      updatesBegun: number
      updatesEnded: number
      updatesOk: number
      updatesUnknown: number
    },
  ) {}

  run(done: (outcome: OperationOutcome) => void): void {
    const { counts } = this
    counts.updatesBegun++
    this.session.run((outcome) => {
      counts.updatesEnded++
      if (outcome.kind === 'ok') counts.updatesOk++
      if (outcome.kind === 'unknown') counts.updatesUnknown++
      done(outcome)
    })
  }

  close(): Promise<void> {
    return this.session.close()
  }
}

class ReadAndWriteSession implements LoadSession {
  constructor(
    private readonly reader: LoadSession,
    private readonly writer: LoadSession,
    private readonly random: Random,
    private readonly writeShare: number,
  ) {}

  run(done: (outcome: OperationOutcome, operationClass?: number) => void): void {
    const write = this.random.fraction() < this.writeShare
    const session = write ? this.writer : this.reader
    session.run((outcome) => done(outcome, write ? 1 : 0))
  }

  async close(): Promise<void> {
    await Promise.all([this.reader.close(), this.writer.close()])
  }
}
