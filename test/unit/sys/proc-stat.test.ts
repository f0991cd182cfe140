import { expect, test } from 'vitest'
import {
  commandLineOf,
  listProcesses,
  parseCpuMs,
  parseProcStat,
  readCpuMs,
  readProcStat,
} from '../../../src/sys/proc-stat.js'

const tail = 'S 10 11 12 0 -1 4194304 1 0 0 0 5 6 700 900 20 0 1 0 987654 1000 200'

test.each(['(mariadbd)', '(a b c)', '(a) b)', '()) ))', '(S 1 1)'])(
  'a command named %s does not shift the fields',
  (name) => {
    expect(parseProcStat(`77 ${name} ${tail}`)).toEqual({
      pid: 77,
      state: 'S',
      parentPid: 10,
      groupId: 11,
      sessionId: 12,
      startTicks: '987654',
    })
  },
)

test('CPU time is that of the process in user and system mode, without that of its children', () => {
  expect(parseCpuMs(`77 (a) b) ${tail}`)).toBe(110)
})

test('what is not a stat line is nothing', () => {
  expect(parseProcStat('')).toBeNull()
  expect(parseProcStat('77 (half')).toBeNull()
  expect(parseCpuMs('77 (half')).toBeNull()
  expect(parseCpuMs('77 (half) S 1')).toBeNull()
})

test('we see ourselves', () => {
  expect(readProcStat(process.pid)).toMatchObject({ pid: process.pid, parentPid: process.ppid })
  expect(listProcesses().map(({ pid }) => pid)).toContain(process.pid)
  expect(commandLineOf(process.pid)).toContain('node')
  expect(readCpuMs(process.pid)).toBeGreaterThan(0)
})

test('a pid that nobody has is nothing', () => {
  expect(readProcStat(999_999_999)).toBeNull()
  expect(commandLineOf(999_999_999)).toBeNull()
  expect(readCpuMs(999_999_999)).toBeNull()
})
