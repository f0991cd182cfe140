import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scanBinlog } from '../../src/clients/binlog/scan-binlog.js'
import { socketDirOf, statePaths } from '../../src/sys/state-dir.js'
import { transaction, transactions } from '../support/binlog-bytes.js'
import { corelab, makeFolder } from '../support/corelab.js'
import { openLog } from '../support/qlink-log.js'
import { runInProcess } from './in-process.js'

// A project whose qlink does not run, with a log of 60 transactions in several segments: all that reading it needs.
let cwd = ''
let dataDir = ''

beforeAll(async () => {
  cwd = await makeFolder()
  await corelab(['init', '.', '--yes'], { cwd })
  const paths = statePaths(join(cwd, '.corelab', 'default'))
  dataDir = paths.component('qlink').data
  await mkdir(dataDir, { recursive: true })
  await writeFile(paths.envFile, '{}')
  await writeFile(
    paths.planFile,
    JSON.stringify({ socketDir: socketDirOf(paths.dir), engine: 'mariadb', components: [] }),
  )
  const log = await openLog(dataDir, { segmentBytes: 3000, epoch: 2 })
  for (const each of transactions(1, 60)) await log.write(each)
  await log.writer.close()
})

afterAll(() => rm(cwd, { recursive: true, force: true }))

const qlink = (...argv: string[]) => runInProcess(['qlink', ...argv], { cwd })

async function dataOf(...argv: string[]): Promise<unknown> {
  return JSON.parse((await qlink(...argv, '--json')).stdout).data
}

test('status of a qlink that is down says so, with what its log holds: exit 1', async () => {
  const { code, stdout } = await qlink('status')

  expect(code).toBe(1)
  expect(stdout).toContain('does not run')
  expect(stdout).toMatch(/Log +from its beginning to 0-1-60/)
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(await dataOf('status')).toMatchObject({
    running: false,
    status: null,
    log: { from: { gtid: '' }, end: { gtid: '0-1-60', transactions: 60 }, segments: 4 },
  })
})

test('log lists the newest transactions, or those from a GTID or a time on', async () => {
  const { stdout } = await qlink('log', '--limit', '3')
  expect(stdout.split('\n').slice(0, 4)).toEqual([
    'GTID    TIME                   SIZE  EPOCH  SEGMENT',
    expect.stringMatching(/^0-1-58 {2}2023-11-14 22:14:18Z +1\d\d B {6}2 {8}4$/),
    expect.stringMatching(/^0-1-59/),
    expect.stringMatching(/^0-1-60/),
  ])

  const from = (await qlink('log', '--from', '0-1-17', '--limit', '2')).stdout
  expect(from).toMatch(/0-1-17.*\n0-1-18.*\n\nThere are more: --from 0-1-18 goes on/)
  const at = new Date(transaction(33).atSeconds * 1000).toISOString()
  expect(await dataOf('log', '--from', at, '--limit', '2')).toMatchObject({
    transactions: [{ gtid: '0-1-33', at, epoch: 2 }, { gtid: '0-1-34' }],
    more: true,
  })
})

test('a transaction that the log does not have is named with the reason: exit 1', async () => {
  const after = await qlink('log', '--from', '0-1-61')
  expect(after.code).toBe(1)
  expect(after.stderr).toMatch(/0-1-61 is not in qlink's log/)
  expect(after.stderr).toMatch(/does not reach so far/)
  const foreign = await qlink('dump', '--gtid', '0-3-20', '--out', 'x.binlog')
  expect(foreign.stderr).toMatch(/another transaction in its place/)
})

test('what is no transaction and no time is wrong usage: exit 2', async () => {
  const { code, stderr } = await qlink('log', '--from', 'yesterday evening')
  expect(code).toBe(2)
  expect(stderr).toMatch(/neither a transaction nor a time/)
})

test('verify finds everything whole, and says how much that was', async () => {
  const { code, stdout } = await qlink('verify')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Whole: 60 transactions in 4 segments, /)
})

test('verify locates one flipped byte by file, offset and transaction: exit 1', async () => {
  const segment = join(dataDir, 'log', '00000002.binlog')
  const pristine = await readFile(segment)
  try {
    const damaged = Buffer.from(pristine)
    const inside = damaged.indexOf('update of 25')
    damaged[inside + 3]! ^= 1
    await writeFile(segment, damaged)
    const { code, stdout } = await qlink('verify')
    expect(code).toBe(1)
    expect(stdout).toMatch(/00000002\.binlog\n +at offset \d+, in 0-1-25: .*checksum/)
    const { damages } = (await dataOf('verify')) as { damages: { offset: number }[] }
    expect(damages).toHaveLength(1)
    expect(inside - damages[0]!.offset).toBe(19)
  } finally {
    await writeFile(segment, pristine)
  }
})

test('verify sees a byte of the journal, an index that lies, and a missing segment', async () => {
  const log = join(dataDir, 'log')
  const index = join(log, '00000003.index')
  const third = await readFile(index)
  const segment = await readFile(join(log, '00000002.binlog'))
  try {
    await writeFile(join(dataDir, 'epochs.jsonl'), '{"crc":"00000000","record":{"kind":"term","term":1}}\n')
    const changed = Buffer.from(third)
    changed[300]! ^= 1
    await writeFile(index, changed)
    await rm(join(log, '00000002.binlog'))
    const { stdout, code } = await qlink('verify')
    expect(code).toBe(1)
    for (const place of [/epochs\.jsonl/, /00000003\.index/, /00000002\.binlog\n.*missing/])
      expect(stdout).toMatch(place)
  } finally {
    await rm(join(dataDir, 'epochs.jsonl'))
    await writeFile(index, third)
    await writeFile(join(log, '00000002.binlog'), segment)
  }
})

test('dump writes a binlog of one transaction, of a range across segments, and of everything', async () => {
  const dumped = async (...argv: string[]) => {
    const { code, stdout } = await qlink('dump', ...argv, '--out', join(cwd, 'part.binlog'))
    expect(code, stdout).toBe(0)
    const gtids: string[] = []
    const scan = await scanBinlog(join(cwd, 'part.binlog'), ({ gtid }) => gtids.push(gtid))
    expect(scan.damage).toBe(null)
    return gtids
  }
  const numbered = (from: number, to: number) => transactions(from, to).map(({ gtid }) => gtid)
  expect(await dumped('--gtid', '0-1-17')).toEqual(['0-1-17'])
  expect(await dumped('--from', '0-1-5', '--to', '0-1-44')).toEqual(numbered(5, 44))
  const at = (sequence: number) => new Date(transaction(sequence).atSeconds * 1000).toISOString()
  expect(await dumped('--from', at(20), '--to', at(40))).toEqual(numbered(20, 40))
  expect(await dumped()).toEqual(numbered(1, 60))
})

test('dump to a pipe writes nothing but the binlog; an empty part is exit 1', async () => {
  const { code, stdout } = await corelab(['qlink', 'dump', '--gtid', '0-1-2'], { cwd })
  expect(code).toBe(0)
  expect(Buffer.from(stdout, 'latin1').subarray(1, 4).toString()).toBe('bin')
  const nothing = await qlink('dump', '--from', '1h', '--out', join(cwd, 'none.binlog'))
  expect(nothing.code).toBe(1)
  expect(nothing.stdout).toMatch(/No transaction of the log is in that part/)
  const json = await qlink('dump', '--json')
  expect(JSON.parse(json.stdout).error.code).toBe('USAGE')
})

test('log --follow goes on with what becomes durable, one line each', async () => {
  const log = await openLog(dataDir, { segmentBytes: 3000, epoch: 2 })
  const run = corelab(['qlink', 'log', '--follow', '--limit', '1'], {
    cwd,
    onOutput: (soFar, child) => {
      if (/0-1-60/.test(soFar) && log.writer.durable.transactions === 60) void log.write(transaction(61))
      if (/0-1-61/.test(soFar)) child.kill('SIGINT')
    },
  })
  const { stdout, code } = await run
  await log.writer.close()
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^0-1-60 +2023-11-14 22:14:20Z +\d+ B {2}epoch 2$/),
    expect.stringMatching(/^0-1-61/),
  ])
  expect(code).toBe(130)
})

test('each command explains itself with examples', async () => {
  for (const command of ['status', 'log', 'verify', 'dump']) {
    const { stdout, code } = await qlink(command, '--help')
    expect(code).toBe(0)
    expect(stdout).toContain(`corelab qlink ${command}`)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  }
})
