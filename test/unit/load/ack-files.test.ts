import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeAckFolder, writeAcks } from '../../../src/load/acks/ack-files.js'
import { startTicksOf } from '../../../src/sys/processes.js'

test('what threads were told is handed over, and gone afterwards', async () => {
  const folder = await makeAckFolder()
  await writeAcks(folder.dir, 1, { told: 3 })

  expect(await folder.read(2)).toEqual([null, { told: 3 }])
  await folder.remove()
  expect(existsSync(folder.dir)).toBe(false)
})

test('folders of runs that were killed go with the next one, and those of living ones stay', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const left = join(tmpdir(), `corelab-bench-acks-${child.pid}-${startTicksOf(child.pid!)}-test`)
  mkdirSync(left)
  const beside = await makeAckFolder()
  expect(existsSync(left)).toBe(true)

  child.kill('SIGKILL')
  await once(child, 'exit')
  const next = await makeAckFolder()

  expect(existsSync(left)).toBe(false)
  expect(existsSync(beside.dir)).toBe(true)
  await Promise.all([beside.remove(), next.remove()])
})
