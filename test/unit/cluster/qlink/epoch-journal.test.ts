import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { hostDisk } from '../../../../src/cluster/qlink/log/disk.js'
import {
  EpochJournal,
  journalFileOf,
  journalStateOf,
} from '../../../../src/cluster/qlink/log/epoch-journal.js'
import type { NodeName } from '../../../../src/model/node.js'
import type { EpochRecord } from '../../../../src/model/qlink.js'
import { failingDisk, systemError } from '../../../support/qlink-log.js'
import { temporaryDir } from '../../../support/temp-dir.js'

const temp = temporaryDir()
const leader = { node: 'db-1' as NodeName, host: '127.0.0.1', port: 3306 }
const records: readonly EpochRecord[] = [
  { kind: 'term', term: 1 },
  { kind: 'open', term: 1, epoch: 1, leader, from: '' },
  { kind: 'sealed', term: 1, epoch: 1, end: '0-1-99' },
]

async function written(some = records): Promise<string> {
  const journal = await EpochJournal.open(hostDisk, temp.path)
  for (const record of some) await journal.append(record)
  await journal.close()
  return journalFileOf(temp.path)
}

const reopened = async () => (await EpochJournal.open(hostDisk, temp.path)).records

test('what was appended is there after a restart, and says what is in force', async () => {
  await written()
  expect(await reopened()).toEqual(records)
  expect(journalStateOf(records)).toEqual({ term: 1, epoch: 1, phase: 'sealed', leader })
  expect(journalStateOf(records.slice(0, 2))).toMatchObject({ phase: 'open' })
  expect(journalStateOf([])).toEqual({ term: 0, epoch: 0, phase: 'idle', leader: null })
})

test('a last line that a crash tore had no effect, wherever it was torn, and goes with the next record', async () => {
  const file = await written(records.slice(0, 2))
  const whole = (await readFile(file)).length
  await written(records.slice(2))
  const full = await readFile(file)
  for (let size = whole; size < full.length; size++) {
    await writeFile(file, full.subarray(0, size))
    const journal = await EpochJournal.open(hostDisk, temp.path)
    expect(journal.records).toEqual(records.slice(0, 2))
    await journal.append({ kind: 'term', term: 7 })
    await journal.close()
    expect(await reopened()).toEqual([...records.slice(0, 2), { kind: 'term', term: 7 }])
  }
})

test('a changed byte in any whole line is refused with file and offset: a seal must not be forgotten', async () => {
  const file = await written()
  const full = await readFile(file)
  for (let offset = 0; offset < full.length - 1; offset++) {
    const bytes = Buffer.from(full)
    bytes[offset]! ^= 0x04
    if (bytes[offset] === 0x0a) continue
    await writeFile(file, bytes)
    await expect(reopened()).rejects.toMatchObject({
      code: 'QLINK_LOG_DAMAGED',
      message: expect.stringMatching(/epochs\.jsonl at offset \d+$/),
    })
  }
})

test('a record that could not be synced is not in force, and leaves nothing behind the next one', async () => {
  let broken = false
  const disk = failingDisk((call) => (broken && call === 'sync' ? systemError('EIO') : null))
  const journal = await EpochJournal.open(disk, temp.path)
  await journal.append({ kind: 'term', term: 1 })
  broken = true
  await expect(journal.append({ kind: 'term', term: 2 })).rejects.toThrow('EIO')
  expect(journal.records).toHaveLength(1)
  broken = false
  await journal.append({ kind: 'term', term: 3 })
  await journal.close()
  expect(await reopened()).toEqual([
    { kind: 'term', term: 1 },
    { kind: 'term', term: 3 },
  ])
})

test('opening writes nothing, so a disk that is read-only can be looked at', async () => {
  const file = await written()
  await truncate(file, (await readFile(file)).length - 3)
  await appendFile(file, '')
  const before = await readFile(file)
  await EpochJournal.open(hostDisk, temp.path)
  expect((await readFile(file)).equals(before)).toBe(true)
})
