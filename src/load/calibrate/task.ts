import type { FsyncProbe } from './calibration.js'
import type { PieceSlices } from './measure-pieces.js'

/** What a calibration thread is asked for. */
export type CalibrationTask =
  | { readonly task: 'pieces'; readonly durationMs: number }
  | { readonly task: 'copy' }
  | { readonly task: 'fsync'; readonly folder: string; readonly durationMs: number }

export type TaskAnswer =
  | { readonly task: 'ready' }
  | { readonly task: 'pieces'; readonly slices: PieceSlices }
  | { readonly task: 'copy'; readonly bytesPerSecond: number }
  | { readonly task: 'fsync'; readonly probe: FsyncProbe }
  | { readonly task: 'failed'; readonly reason: string }
