import { appendFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readHistory } from '../../../src/cluster/history.js'
import { openHistoryJournal } from '../../../src/cluster/history-journal.js'
import { openEventLog } from '../../../src/cluster/keeper/event-log.js'
import { systemClock } from '../../../src/kit/clock.js'
import type { EventBody } from '../../../src/kit/events.js'
import { statePaths } from '../../../src/sys/state-dir.js'
import { temporaryDir } from '../../support/temp-dir.js'

const dir = temporaryDir()

const topology = (epoch: number, master: string): EventBody => ({
  kind: 'topology',
  epoch,
  master,
  roles: {},
  reason: 'test',
})
const chatter: EventBody = { kind: 'note', message: 'x'.repeat(1000) }

function tellAll(bodies: readonly EventBody[]): void {
  const paths = statePaths(dir.path)
  const emit = openEventLog(paths.eventsFile, systemClock, openHistoryJournal(paths.epochsFile))
  for (const body of bodies) emit(body)
}

test('the journal outlives the event log, which is set aside and then forgotten', async () => {
  tellAll([topology(1, 'db-1'), ...Array.from({ length: 17_000 }, () => chatter)])
  tellAll([topology(2, 'db-2'), ...Array.from({ length: 17_000 }, () => chatter)])
  tellAll([topology(3, 'db-3')])
  const { epochs } = await readHistory(dir.path)
  expect(epochs.map(({ master }) => master)).toEqual(['db-1', 'db-2', 'db-3'])
})

test('a line that a killed keeper left unfinished is passed over', async () => {
  const { epochsFile } = statePaths(dir.path)
  tellAll([topology(1, 'db-1')])
  appendFileSync(epochsFile, '{"at":"2030-01-01T00:00:00.000Z","seq":7,"kind":"topo')
  tellAll([topology(2, 'db-2')])
  const { epochs } = await readHistory(dir.path)
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2])
})

test('without a journal the events are read, those set aside first', async () => {
  const { eventsFile } = statePaths(dir.path)
  const line = (epoch: number) =>
    `${JSON.stringify({ at: '2030-01-01T00:00:00.000Z', seq: 1, ...topology(epoch, `db-${epoch}`) })}\n`
  writeFileSync(`${eventsFile}.1`, line(1))
  writeFileSync(eventsFile, line(2))
  expect((await readHistory(dir.path)).epochs.map(({ epoch }) => epoch)).toEqual([1, 2])
})

test('an environment that never ran has no history', async () => {
  const empty = join(dir.path, 'empty')
  await mkdir(empty)
  expect((await readHistory(empty)).epochs).toEqual([])
})
