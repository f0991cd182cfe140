import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../../../src/kit/clock.js'
import { leftRuns, runUnderWay } from '../../../../src/load/bench/run-under-way.js'
import type { LoadRecord } from '../../../../src/load/engine/load-record.js'
import { startTicksOf } from '../../../../src/sys/processes.js'
import { temporaryDir } from '../../../support/temp-dir.js'
import { benchSample } from '../../report/bench-sample.js'

const dir = temporaryDir()
const folder = () => join(dir.path, 'shelf', 'under-way')
const crashed = benchSample({ figure: null, notAFigure: 'it died' })

/** A process that was, as its file is named. */
async function deadName(): Promise<string> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const name = `run-${child.pid}-${startTicksOf(child.pid!)}.json`
  child.kill('SIGKILL')
  await once(child, 'exit')
  return name
}

function put(name: string, text: string): void {
  mkdirSync(folder(), { recursive: true })
  writeFileSync(join(folder(), name), text)
}

test('a run that goes is written while it goes, and gone when it is forgotten', async () => {
  const underWay = runUnderWay(folder(), systemClock)
  const over = new AbortController()
  const told: LoadRecord[] = []
  const record = { windowMs: 1500 } as LoadRecord
  underWay.follow(
    { soFar: () => record },
    (seen) => {
      told.push(seen)
      return crashed
    },
    over.signal,
  )
  while (!isThere(/\.json$/)) await new Promise((resolve) => setTimeout(resolve, 5))
  over.abort()

  expect(told).toEqual([record])
  expect(await leftRuns(folder())).toEqual([])
  await underWay.forget()
  expect(readdirSync(dir.path)).toEqual([])
})

test('what a dead process left is a result, and the half of a later one is thrown away', async () => {
  const name = await deadName()
  put(name, JSON.stringify(crashed))
  put(`${name}.new`, JSON.stringify(crashed).slice(0, 100))

  const [left, ...others] = await leftRuns(folder())

  expect(others).toEqual([])
  expect(left?.result).toEqual(crashed)
  expect(readdirSync(folder())).toEqual([name])
  await left?.remove()
  expect(readdirSync(dir.path)).toEqual([])
})

test('a pid that somebody else has now is a dead run', async () => {
  put(`run-${process.pid}-1.json`, JSON.stringify(crashed))

  expect(await leftRuns(folder())).toHaveLength(1)
})

test('what cannot be read is said to be there, and can be taken away', async () => {
  put(await deadName(), '{"schema":')

  const [left] = await leftRuns(folder())

  expect(left?.result).toBeNull()
  await left?.remove()
  expect(readdirSync(dir.path)).toEqual([])
})

test('a folder that cannot be written costs a run nothing', async () => {
  mkdirSync(join(dir.path, 'shelf'))
  writeFileSync(folder(), 'a file where the folder should be')
  const underWay = runUnderWay(folder(), systemClock)

  await underWay.write(crashed)
  await underWay.forget()
})

function isThere(pattern: RegExp): boolean {
  try {
    return readdirSync(folder()).some((name) => pattern.test(name))
  } catch {
    return false
  }
}
