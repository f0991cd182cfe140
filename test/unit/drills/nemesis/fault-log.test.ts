import { expect, test } from 'vitest'
import { FaultLog } from '../../../../src/drills/nemesis/fault-log.js'
import { startRunClock } from '../../../../src/drills/stage/run-clock.js'
import type { HistoryRecorder } from '../../../../src/history/recorder.js'
import { ManualClock } from '../../../support/manual-clock.js'

function openLog() {
  const clock = new ManualClock()
  const rows: string[] = []
  const recorder: HistoryRecorder = {
    newProcess: () => 0,
    invoke: () => undefined,
    complete: () => 0,
    nemesis: (f, value) => rows.push(`${f} ${(value as { title: string }).title}`),
    events: 0,
    close: async () => undefined,
  }
  return { clock, rows, log: new FaultLog(recorder, startRunClock(clock)) }
}

test('a fault has a beginning and an end, and both are in the history', async () => {
  const { clock, rows, log } = openLog()

  log.begin('network x', { title: 'cut off', bit: null, evidence: '' })
  await clock.advance(500)
  log.end('network x', { bit: true, evidence: '12 bytes were hit' })

  expect(log.windows()).toEqual([
    { title: 'cut off', fromMs: 0, toMs: 500, bit: true, evidence: '12 bytes were hit' },
  ])
  expect(rows).toEqual(['fault cut off', 'fault-over cut off'])
})

test('a fault that nobody ended is in force to the end, and its effect may be open', () => {
  const { log } = openLog()

  log.begin('killed qlink', { title: 'qlink killed', bit: true, evidence: 'SIGKILL' })

  expect(log.windows()).toMatchObject([{ title: 'qlink killed', toMs: null, bit: true }])
})

test('faults of one kind can be ended together, the others go on', () => {
  const { log } = openLog()
  for (const key of ['killed db-1', 'killed qlink', 'network x'])
    log.begin(key, { title: key, bit: true, evidence: '' })

  log.endAll('killed ')

  expect(log.windows().map(({ title, toMs }) => [title, toMs === null])).toEqual([
    ['killed db-1', false],
    ['killed qlink', false],
    ['network x', true],
  ])
})
