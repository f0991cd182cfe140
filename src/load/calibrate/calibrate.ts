import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Context } from '../../kit/context.js'
import { cancelled } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import { formatCount, formatDuration } from '../../kit/units.js'
import { readHostFacts } from '../../sys/host-facts.js'
import { type Calibration, type PieceName, type PieceSpeed, pieceNames } from './calibration.js'
import { type CalibrationThread, openCalibrationThread } from './calibration-thread.js'
import { kernelVersion } from './kernel.js'
import type { PieceSlices } from './measure-pieces.js'

export interface CalibrationWishes {
  /** For the pieces on one thread; the rest takes about half as long again. */
  readonly seconds: number
  /** Folder of the disk that commits will wait for; null = the disk is not looked at. */
  readonly fsyncDir: string | null
}

/**
 * How fast this host is at fixed work: on one thread with the rest idle, on all threads at once, at copying memory, and at
 * syncing small writes. Throws CALIBRATION_FAILED, CANCELLED.
 */
export async function calibrate(
  wishes: CalibrationWishes,
  context: Context,
  openThread: () => Promise<CalibrationThread> = openCalibrationThread,
): Promise<Calibration> {
  const { clock, emit } = context
  const facts = readHostFacts()
  const single = await withThreads(1, context, openThread, async ([thread]) => {
    const title = `Measure one thread for ${formatDuration(wishes.seconds * 1000)}`
    return asStep(emit, { step: 'calibrate.single', title }, clock, async () => {
      const durationMs = wishes.seconds * 1000
      const slices = (await thread.ask({ task: 'pieces', durationMs })).slices
      const copy = (await thread.ask({ task: 'copy' })).bytesPerSecond
      return { slices, copy }
    })
  })
  const singleThread = speedsOf(single.slices)
  const isSlow = pieceNames.some(
    (piece) => singleThread[piece].median < quietShare * singleThread[piece].perSecond,
  )
  const gainTitle = `Measure ${formatCount(facts.cores)} threads at once`
  const fits = facts.cores * threadBytes < facts.memoryAvailableBytes / 2
  const gain = fits
    ? await asStep(emit, { step: 'calibrate.all', title: gainTitle }, clock, () =>
        gainOfAll(facts.cores, wishes.seconds * 250, { singleThread, context, openThread }),
      )
    : null
  // All threads together are never slower than one of them: then somebody else had the cores.
  const isTaken = gain !== null && gain < 1 && facts.cores > 1
  const disturbed = isSlow || isTaken
  if (disturbed) {
    const message = 'Something else ran on this host meanwhile: calibrate again when it is quiet'
    emit({ kind: 'warning', code: 'HOST_BUSY', message })
  }
  const fsync = await fsyncOf(wishes, context, openThread)
  return {
    schema: 'corelab/calibration@1',
    kernel: kernelVersion,
    takenAt: new Date(clock.wallMs()).toISOString(),
    host: {
      hostname: hostname(),
      cpuModel: facts.cpuModel,
      cores: facts.cores,
      threadsPerCore: threadsPerCore(),
      memoryBytes: facts.memoryTotalBytes,
      kernel: facts.kernel,
      node: process.versions.node,
    },
    seconds: wishes.seconds,
    disturbed,
    singleThread,
    allThreadsGain: isTaken ? null : gain,
    memory: { copyBytesPerSecond: single.copy, loadNs: 1e9 / (singleThread.chase.perSecond * chaseLoads) },
    fsync,
  }
}

/** A quiet core does not fall below this share of its best for long. */
const quietShare = 0.75
/** A thread with its memory for the piece `chase`. */
const threadBytes = 64 * 1024 * 1024
/** Loads of one run of the piece `chase`. */
const chaseLoads = 2000

type Threads = readonly [CalibrationThread, ...CalibrationThread[]]

async function withThreads<T>(
  count: number,
  { signal }: Context,
  openThread: () => Promise<CalibrationThread>,
  work: (threads: Threads) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw cancelled()
  const first = await openThread()
  const rest = await Promise.all(Array.from({ length: count - 1 }, openThread))
  const threads: Threads = [first, ...rest]
  const closeAll = async () => {
    await Promise.all(threads.map((thread) => thread.close()))
  }
  let onAbort = () => undefined
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(cancelled())
      return undefined
    }
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work(threads), stopped])
  } finally {
    signal.removeEventListener('abort', onAbort)
    await closeAll()
  }
}

/** The speeds of all threads added up, each as a geometric mean of the pieces over their speed alone. */
async function gainOfAll(
  count: number,
  durationMs: number,
  about: {
    readonly singleThread: Readonly<Record<PieceName, PieceSpeed>>
    readonly context: Context
    readonly openThread: () => Promise<CalibrationThread>
  },
): Promise<number> {
  const { singleThread, context, openThread } = about
  const answers = await withThreads(count, context, openThread, (threads) =>
    Promise.all(threads.map((thread) => thread.ask({ task: 'pieces', durationMs }))),
  )
  return answers.reduce((sum, { slices }) => sum + relativeSpeed(speedsOf(slices), singleThread), 0)
}

function relativeSpeed(
  speeds: Readonly<Record<PieceName, PieceSpeed>>,
  alone: Readonly<Record<PieceName, PieceSpeed>>,
): number {
  const logs = pieceNames.map((piece) => Math.log(speeds[piece].perSecond / alone[piece].perSecond))
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
}

async function fsyncOf(
  { fsyncDir, seconds }: CalibrationWishes,
  context: Context,
  openThread: () => Promise<CalibrationThread>,
): Promise<Calibration['fsync']> {
  if (fsyncDir === null) return null
  const step = { step: 'calibrate.fsync', title: `Sync small writes in ${fsyncDir}` }
  return asStep(context.emit, step, context.clock, () =>
    withThreads(1, context, openThread, async ([thread]) => {
      const durationMs = Math.min(2000, seconds * 250)
      return (await thread.ask({ task: 'fsync', folder: fsyncDir, durationMs })).probe
    }),
  )
}

function speedsOf(slices: PieceSlices): Readonly<Record<PieceName, PieceSpeed>> {
  return {
    hash: speedOf(slices.hash),
    scan: speedOf(slices.scan),
    chase: speedOf(slices.chase),
    calls: speedOf(slices.calls),
  }
}

function speedOf(perSecond: readonly number[]): PieceSpeed {
  const sorted = [...perSecond].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? 0
  return { perSecond: at(0.95), median: at(0.5), low: at(0.05) }
}

/** `0` or `0,40` or `0-1`: the logical cores that share the first physical one. */
function threadsPerCore(): number | null {
  try {
    const text = readFileSync('/sys/devices/system/cpu/cpu0/topology/thread_siblings_list', 'latin1').trim()
    return text.split(',').reduce((sum, part) => {
      const [from = 0, to = from] = part.split('-').map(Number)
      return sum + to - from + 1
    }, 0)
  } catch {
    return null
  }
}
