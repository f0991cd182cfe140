import { appendFile, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/kit/clock.js'
import { followLines, lastLines } from '../../../src/sys/log-tail.js'
import { temporaryDir } from '../../support/temp-dir.js'

const dir = temporaryDir()
const log = () => join(dir.path, 'server.log')

test('the last lines are the last lines, with or without a newline at the end', async () => {
  await writeFile(log(), 'one\ntwo\nthree\n')
  expect(await lastLines(log(), 2)).toEqual(['two', 'three'])

  await appendFile(log(), 'half')
  expect(await lastLines(log(), 2)).toEqual(['three', 'half'])
  expect(await lastLines(log(), 20)).toHaveLength(4)
})

test('no file, and an empty one, have no lines', async () => {
  expect(await lastLines(log(), 20)).toEqual([])

  await writeFile(log(), '')

  expect(await lastLines(log(), 20)).toEqual([])
})

test('a large log is not read whole, and no line of the answer is cut in front', async () => {
  await writeFile(
    log(),
    Array.from({ length: 50_000 }, (_, index) => `line ${index} 核心 ${'x'.repeat(50)}\n`).join(''),
  )

  const lines = await lastLines(log(), 100_000)

  expect(lines.length).toBeGreaterThan(500)
  expect(lines.length).toBeLessThan(2_000)
  expect(lines[0]).toMatch(/^line \d+ 核心 x+$/)
  expect(lines.at(-1)).toContain('line 49999')
})

/** Follows the log while the work goes on; `until` waits for a line. */
async function following<T>(
  fromStart: boolean,
  work: (seen: { lines: string[]; until(line: string): Promise<void> }) => Promise<T>,
): Promise<T> {
  const lines: string[] = []
  const controller = new AbortController()
  const followed = followLines(log(), {
    fromStart,
    onLine: (line) => lines.push(line),
    signal: controller.signal,
  })
  const until = async (line: string) => {
    while (!lines.includes(line)) await systemClock.sleep(5)
  }
  try {
    return await work({ lines, until })
  } finally {
    controller.abort()
    await followed
  }
}

test('a log is followed from its start, also when it is made later, line by whole line', async () => {
  await following(true, async ({ lines, until }) => {
    await appendFile(log(), 'one\ntw')
    await until('one')
    await appendFile(log(), 'o\nthree\n')
    await until('three')

    expect(lines).toEqual(['one', 'two', 'three'])
  })
})

test('a letter whose bytes come one by one, each seen before the next is written, is one letter', async () => {
  const lines: string[] = []
  const controller = new AbortController()
  const bytes = [...Buffer.from('核心\n')]
  // Each time everything was read and the follower would sleep, one byte more is there.
  const sleep = async () => {
    const byte = bytes.shift()
    if (byte === undefined) controller.abort()
    else await appendFile(log(), Buffer.from([byte]))
  }
  const clock = { ...systemClock, sleep }

  await followLines(log(), {
    fromStart: true,
    onLine: (line) => lines.push(line),
    clock,
    signal: controller.signal,
  })

  expect(lines).toEqual(['核心'])
})

test('only what is new is seen when asked so', async () => {
  await writeFile(log(), 'old\n')
  await following(false, async ({ lines, until }) => {
    // The end is looked up before the first reading; a marker shows that it was.
    while (!lines.some((line) => line.startsWith('new'))) {
      await appendFile(log(), `new\n`)
      await systemClock.sleep(5)
    }
    await until('new')

    expect(lines).not.toContain('old')
  })
})

test('a log that was cut or replaced is followed from its new start', async () => {
  await following(true, async ({ lines, until }) => {
    await appendFile(log(), 'before the cut\n')
    await until('before the cut')
    await truncate(log(), 0)
    await appendFile(log(), 'cut\n')
    await until('cut')
    await rename(log(), `${log()}.1`)
    await writeFile(log(), 'a new and longer first line\n')
    await until('a new and longer first line')

    expect(lines).toEqual(['before the cut', 'cut', 'a new and longer first line'])
  })
})

test('a log larger than one reading is followed to its end', async () => {
  const many = Array.from({ length: 30_000 }, (_, index) => `line ${index} ${'y'.repeat(30)}`)
  await writeFile(log(), `${many.join('\n')}\nend\n`)
  await following(true, async ({ lines, until }) => {
    await until('end')

    expect(lines).toEqual([...many, 'end'])
  })
})
