import { resolve } from 'node:path'
import type { Context } from '../kit/context.js'
import { formatBytes, formatCount } from '../kit/units.js'
import { calibrate } from '../load/calibrate/calibrate.js'
import { type Calibration, pieceNames } from '../load/calibrate/calibration.js'
import { writeFileAtomic } from '../sys/files.js'
import type { Answer } from './answer.js'
import { wrapText } from './render/layout.js'
import { tableLines } from './render/table.js'
import type { Screen } from './terminal.js'
import { refuseUnwritable } from './writable.js'

/** Throws USAGE when `out` cannot be written, CALIBRATION_FAILED. */
export async function calibrateHost(
  wishes: { readonly seconds: number; readonly fsyncDir: string | null; readonly out: string | null },
  context: Context,
): Promise<Answer> {
  const { seconds, out } = wishes
  if (out !== null) await refuseUnwritable(out)
  const fsyncDir = wishes.fsyncDir === null ? null : resolve(wishes.fsyncDir)
  const calibration = await calibrate({ seconds, fsyncDir }, context)
  if (out !== null) await writeFileAtomic(resolve(out), `${JSON.stringify(calibration, null, 2)}\n`)
  return { data: calibration, lines: (screen) => calibrationLines(calibration, out, screen) }
}

const pieceTitles = {
  hash: 'arithmetic in registers',
  scan: 'branches over bytes in cache',
  chase: 'loads that wait for memory',
  calls: 'system calls',
} as const

function calibrationLines(calibration: Calibration, out: string | null, screen: Screen): string[] {
  const { host, singleThread, allThreadsGain, memory, fsync } = calibration
  const { width, paint } = screen
  const smt = host.threadsPerCore === null ? '' : `, ${host.threadsPerCore} threads per core`
  const rate = (value: number) => formatCount(value)
  const disk = fsync
    ? `${fsync.medianUs.toFixed(0)} us, 95 %: ${fsync.p95Us.toFixed(0)} us (4 KiB written and synced in ${fsync.folder})`
    : 'not measured'
  return [
    ...wrapText(`${host.cores} x ${host.cpuModel}${smt}`, width),
    '',
    ...tableLines<(typeof pieceNames)[number]>(
      [
        { title: 'ONE THREAD', cell: (piece) => pieceTitles[piece] },
        { title: 'BEST, RUNS/S', align: 'right', cell: (piece) => rate(singleThread[piece].perSecond) },
        { title: 'MEDIAN', align: 'right', cell: (piece) => rate(singleThread[piece].median) },
        { title: 'LOW', align: 'right', cell: (piece) => rate(singleThread[piece].low) },
      ],
      pieceNames,
      { width, titleStyle: paint.faint },
    ),
    '',
    `All ${host.cores} threads  ${allThreadsGain === null ? 'not known' : `${allThreadsGain.toFixed(2)} times one thread`}`,
    `Memory  ${formatBytes(memory.copyBytesPerSecond)}/s copied, ${memory.loadNs.toFixed(0)} ns per load`,
    ...wrapText(`Sync  ${disk}`, width),
    ...(calibration.disturbed
      ? [paint.caution('Something else ran on this host: calibrate again when it is quiet.')]
      : []),
    ...(out === null ? [] : ['', `Written  ${paint.action(out)}`]),
  ]
}
