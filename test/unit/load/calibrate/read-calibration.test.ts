import { expect, test } from 'vitest'
import type { Calibration } from '../../../../src/load/calibrate/calibration.js'
import { parseCalibration } from '../../../../src/load/calibrate/read-calibration.js'

const speed = { perSecond: 100, median: 99, low: 90 }
const whole: Calibration = {
  schema: 'corelab/calibration@1',
  kernel: 1,
  takenAt: '2026-01-02T03:04:05.000Z',
  host: {
    hostname: 'db-1',
    cpuModel: 'Some CPU',
    cores: 4,
    threadsPerCore: 2,
    memoryBytes: 8 * 2 ** 30,
    kernel: '6.1',
    node: '20.20.0',
  },
  seconds: 4,
  disturbed: false,
  singleThread: { hash: speed, scan: speed, chase: speed, calls: speed },
  allThreadsGain: 2.4,
  memory: { copyBytesPerSecond: 9e9, loadNs: 80 },
  fsync: { folder: '/data', count: 100, medianUs: 80, p95Us: 200, p99Us: 400 },
}

/** Refused: the code and the whole detail. */
function problemsOf(value: unknown): string {
  try {
    parseCalibration(JSON.stringify(value), 'a.json')
  } catch (error) {
    const { code, detail } = error as { readonly code: string; readonly detail: string }
    expect(code).toBe('CALIBRATION_INVALID')
    return detail
  }
  throw new Error('it was taken as valid')
}

/** The same calibration with another value, or none, at a path such as `host.cores`. */
function changed(path: string, value?: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(whole)) as Record<string, unknown>
  const steps = path.split('.')
  const last = steps.pop() as string
  let within = copy
  for (const step of steps) within = within[step] as Record<string, unknown>
  if (value === undefined) delete within[last]
  else within[last] = value
  return copy
}

/** Every path of the calibration, sections and their fields. */
function pathsOf(value: object, prefix = ''): readonly string[] {
  return Object.entries(value).flatMap(([key, each]) => [
    prefix + key,
    ...(typeof each === 'object' && each !== null ? pathsOf(each, `${prefix}${key}.`) : []),
  ])
}

test('a whole calibration is taken as it is, also in the envelope of an answer', () => {
  expect(parseCalibration(JSON.stringify(whole), 'a.json')).toEqual(whole)
  expect(parseCalibration(JSON.stringify({ data: whole }), 'a.json')).toEqual(whole)
})

test('what was not tried is null', () => {
  const untried: Calibration = {
    ...whole,
    allThreadsGain: null,
    fsync: null,
    host: { ...whole.host, threadsPerCore: null },
  }
  expect(parseCalibration(JSON.stringify(untried), 'a.json')).toEqual(untried)
})

test('a field that a later corelab adds is no problem', () => {
  expect(() => parseCalibration(JSON.stringify({ ...whole, more: 1 }), 'a.json')).not.toThrow()
})

test.each(pathsOf(whole).filter((path) => path !== 'schema'))(
  'without %s it is refused, and so it is with a list there',
  (path) => {
    expect(problemsOf(changed(path))).toBe(`${path} is missing`)
    expect(problemsOf(changed(path, []))).toContain(`${path} is a list of 0; allowed: `)
  },
)

test.each([
  ['kernel', 1.5, 'kernel is 1.5 (a number); allowed: a whole number, 0 or more'],
  ['disturbed', 'no', 'disturbed is "no" (text); allowed: boolean'],
  ['host.cores', 0, 'host.cores is 0 (a number); allowed: a whole number, 1 or more'],
  [
    'host.threadsPerCore',
    '2',
    'host.threadsPerCore is "2" (text); allowed: a whole number, 1 or more, or null',
  ],
  [
    'singleThread.calls.perSecond',
    0,
    'singleThread.calls.perSecond is 0 (a number); allowed: a number above 0',
  ],
  ['allThreadsGain', -1, 'allThreadsGain is -1 (a number); allowed: a number above 0, or null'],
  ['memory.loadNs', null, 'memory.loadNs is empty (null); allowed: a number, 0 or more'],
  [
    'fsync',
    'fast',
    'fsync is "fast" (text); allowed: keys and values (folder, count, medianUs, p95Us, p99Us), or null',
  ],
  ['fsync.p99Us', '400', 'fsync.p99Us is "400" (text); allowed: a number, 0 or more'],
])('%s cannot be %j', (path, value, problem) => {
  expect(problemsOf(changed(path, value))).toBe(problem)
})

test('all problems come at once', () => {
  const { kernel, host, ...rest } = whole
  expect(problemsOf(rest).split('\n')).toEqual(['kernel is missing', 'host is missing'])
})

test.each([
  ['nonsense', /JSON/],
  ['[]', /not a JSON object/],
  ['{"schema":"x"}', /its schema is "x"/],
  ['{"schema":"corelab/calibration@1","kernel":1}', /singleThread is missing/],
  [
    '{"schema":"corelab/calibration@1","kernel":1,"singleThread":{"hash":{"perSecond":0}}}',
    /singleThread.hash/,
  ],
])('%s is no calibration', (text, detail) => {
  expect(() => parseCalibration(text, 'a.json')).toThrow(
    expect.objectContaining({ code: 'CALIBRATION_INVALID', detail: expect.stringMatching(detail) }),
  )
})

test('a gain that is no number is refused', () => {
  const speed = { perSecond: 1, median: 1, low: 1 }
  const value: Partial<Record<keyof Calibration, unknown>> = {
    ...{ schema: 'corelab/calibration@1', kernel: 1, allThreadsGain: 'many' },
    singleThread: { hash: speed, scan: speed, chase: speed, calls: speed },
  }
  expect(() => parseCalibration(JSON.stringify(value), 'a.json')).toThrow(/not a calibration/)
})
