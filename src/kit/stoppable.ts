import { cancelled } from './errors.js'

/** Work whose connections are cut when the user stops: what they then report is the stop, not a failure. */
export async function stoppable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw cancelled()
  try {
    return await work()
  } catch (error) {
    throw signal.aborted ? cancelled() : error
  }
}
