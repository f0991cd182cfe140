import type { PieceName } from './calibration.js'
import type { Piece } from './kernel.js'

/** Runs per second of each piece, slice by slice. */
export type PieceSlices = Readonly<Record<PieceName, readonly number[]>>

const sliceMs = 20
const warmUpRuns = 30

/**
 * Runs the pieces in turn, in slices of 20 ms, until the time is over: a disturbance of the host meets all of them. Blocks
 * its thread. `now` is in milliseconds.
 */
export function measurePieces(pieces: readonly Piece[], durationMs: number, now: () => number): PieceSlices {
  for (const piece of pieces) for (let run = 0; run < warmUpRuns; run++) piece.run()
  const slices: Record<PieceName, number[]> = { hash: [], scan: [], chase: [], calls: [] }
  const until = now() + durationMs
  do {
    for (const piece of pieces) slices[piece.name].push(sliceOf(piece, now))
  } while (now() < until)
  return slices
}

function sliceOf(piece: Piece, now: () => number): number {
  const begun = now()
  let runs = 0
  let elapsed = 0
  while (elapsed < sliceMs) {
    piece.run()
    runs++
    elapsed = now() - begun
  }
  return (runs * 1000) / elapsed
}
