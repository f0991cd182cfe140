import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { calibrate } from '../../../../src/load/calibrate/calibrate.js'
import { type CalibrationThread, expected } from '../../../../src/load/calibrate/calibration-thread.js'
import { openKernel } from '../../../../src/load/calibrate/kernel.js'
import { measurePieces } from '../../../../src/load/calibrate/measure-pieces.js'
import { probeCopy, probeFsync } from '../../../../src/load/calibrate/probes.js'
import { parseCalibration } from '../../../../src/load/calibrate/read-calibration.js'
import type { CalibrationTask, TaskAnswer } from '../../../../src/load/calibrate/task.js'
import { testContext } from '../../../support/fake-component.js'
import { temporaryDir } from '../../../support/temp-dir.js'

const dir = temporaryDir()
const now = () => performance.now()

test('each piece is measured in turn, and the same number of times', () => {
  const kernel = openKernel()
  try {
    const slices = measurePieces(kernel.pieces, 100, now)
    const counts = Object.values(slices).map((each) => each.length)

    expect(new Set(counts).size).toBe(1)
    for (const each of Object.values(slices))
      for (const perSecond of each) expect(perSecond).toBeGreaterThan(0)
  } finally {
    kernel.close()
  }
})

test('a sync probe leaves no file behind, and its percentiles are in order', async () => {
  const probe = probeFsync(dir.path, 20, now)

  expect(probe.count).toBeGreaterThan(0)
  expect(probe.medianUs).toBeGreaterThan(0)
  expect(probe.p95Us).toBeGreaterThanOrEqual(probe.medianUs)
  expect(probe.p99Us).toBeGreaterThanOrEqual(probe.p95Us)
  expect(await readdir(dir.path)).toEqual([])
})

test('what a host is calibrated to can be read back', async () => {
  const calibration = await calibrate({ seconds: 0.1, fsyncDir: dir.path }, testContext(), async () =>
    inThisThread(),
  )

  // Threads of this test work one after the other, so a gain need not be there; one below 1 is never written down.
  expect(calibration.allThreadsGain ?? 1).toBeGreaterThanOrEqual(1)
  expect(calibration.fsync?.folder).toBe(dir.path)
  expect(parseCalibration(JSON.stringify(calibration), 'a.json')).toEqual(calibration)
  expect(parseCalibration(JSON.stringify({ data: calibration }), 'a.json')).toEqual(calibration)
})

test('a folder that takes no file is refused with the reason of the system', async () => {
  const wishes = { seconds: 0.05, fsyncDir: '/no/such/folder' }

  await expect(calibrate(wishes, testContext(), async () => inThisThread())).rejects.toMatchObject({
    code: 'CALIBRATION_FAILED',
    detail: expect.stringContaining('ENOENT'),
  })
})

/** Does the work of the compiled thread here. */
function inThisThread(): CalibrationThread {
  const kernel = openKernel()
  const answerTo = (task: CalibrationTask): TaskAnswer => {
    switch (task.task) {
      case 'pieces':
        return { task: 'pieces', slices: measurePieces(kernel.pieces, task.durationMs, now) }
      case 'copy':
        return { task: 'copy', bytesPerSecond: probeCopy(now) }
      case 'fsync':
        try {
          return { task: 'fsync', probe: probeFsync(task.folder, task.durationMs, now) }
        } catch (error) {
          return { task: 'failed', reason: String(error) }
        }
    }
  }
  return {
    ask: async (task) => expected(answerTo(task), task.task),
    close: async () => kernel.close(),
  }
}
