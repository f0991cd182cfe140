/** What `corelab calibrate` writes: how fast this host is at fixed pieces of work. Figures of the same kernel can be divided. */
export interface Calibration {
  readonly schema: 'corelab/calibration@1'
  /** Changes whenever the work changes; only equal versions are compared. */
  readonly kernel: number
  readonly takenAt: string
  readonly host: {
    readonly hostname: string
    readonly cpuModel: string
    /** Logical: what the operating system schedules on. */
    readonly cores: number
    /** From the topology that the kernel shows; null when it does not. */
    readonly threadsPerCore: number | null
    readonly memoryBytes: number
    readonly kernel: string
    readonly node: string
  }
  readonly seconds: number
  /** Something else ran on the host: the median of a piece was below three quarters of its best. Do it again on a quiet one. */
  readonly disturbed: boolean
  /** Of one thread, the rest of the host idle: runs per second of each piece. */
  readonly singleThread: Readonly<Record<PieceName, PieceSpeed>>
  /** All logical cores at once: their speeds added up over that of one thread; null when it was not tried, or others had the cores. */
  readonly allThreadsGain: number | null
  readonly memory: { readonly copyBytesPerSecond: number; readonly loadNs: number }
  /** Of 4 KiB written and synced, in the folder given; null when it was not tried. */
  readonly fsync: FsyncProbe | null
}

/** `hash`: integer work in registers. `scan`: branches over bytes in cache. `chase`: loads that wait for memory. `calls`: system calls. */
export type PieceName = 'hash' | 'scan' | 'chase' | 'calls'

export const pieceNames: readonly PieceName[] = ['hash', 'scan', 'chase', 'calls']

export interface PieceSpeed {
  /** The 95th percentile over the slices: what the core does when nothing else is on it. */
  readonly perSecond: number
  readonly median: number
  /** The 5th percentile. */
  readonly low: number
}

export interface FsyncProbe {
  readonly folder: string
  readonly count: number
  readonly medianUs: number
  readonly p95Us: number
  readonly p99Us: number
}
