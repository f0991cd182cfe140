import { expect, test } from 'vitest'
import { type LogBound, selectRanges } from '../../../../src/cluster/qlink/inspect/log-selection.js'
import { LogReader } from '../../../../src/cluster/qlink/log/log-reader.js'
import { transaction } from '../../../support/binlog-bytes.js'
import { openLog } from '../../../support/qlink-log.js'
import { temporaryDir } from '../../../support/temp-dir.js'

const temp = temporaryDir()
const time = (atSeconds: number): LogBound => ({ kind: 'time', atSeconds })

/** Four segments of two transactions; the clock of their writer was an hour ahead for the third to the fifth. */
const times = [1000, 1001, 4602, 4603, 4604, 1005, 1006, 1007]

async function chosen(from: LogBound | null, to: LogBound | null): Promise<number[]> {
  const reader = new LogReader({ dir: `${temp.path}/log`, engine: 'mariadb', durable: null })
  const found: number[] = []
  for await (const { index, first, last } of selectRanges(reader, { from, to }))
    for (let each = first; each <= last; each++) found.push(Number(index.entry(each).gtid.split('-')[2]))
  return found
}

test('a clock that jumps an hour and back takes nothing out of a part of the log', async () => {
  const log = await openLog(temp.path, { segmentBytes: 700 })
  for (const [index, atSeconds] of times.entries())
    await log.write(transaction(index + 1, { atSeconds, rowBytes: 200 }))
  await log.writer.close()

  expect(await chosen(null, time(1006))).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(await chosen(time(1001), time(1005))).toEqual([2, 3, 4, 5, 6])
  expect(await chosen(time(4000), null)).toEqual([3, 4, 5, 6, 7, 8])
  expect(await chosen(null, time(999))).toEqual([])
  expect(await chosen(time(9999), null)).toEqual([])
})
