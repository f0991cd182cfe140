import { expect, test } from 'vitest'
import type { CorelabError } from '../../../../src/kit/errors.js'
import { readPriors } from '../../../../src/load/projection/priors.js'
import { exampleTarget, parseTarget } from '../../../../src/load/projection/target-file.js'

const { cpuClasses } = await readPriors()
const parse = (text: string) => parseTarget(text, 'host.yaml', cpuClasses)

function problemsOf(text: string): string {
  try {
    parse(text)
  } catch (error) {
    const { code, detail } = error as CorelabError
    expect(code).toBe('TARGET_INVALID')
    return detail ?? ''
  }
  throw new Error('it was taken as valid')
}

test('the example is valid and has every section', () => {
  expect(parse(exampleTarget)).toMatchObject({
    name: 'db-x86',
    cores: 32,
    threadsPerCore: 2,
    speed: { by: 'class', cpuClass: 'xeon-cascade-lake' },
    fsync: { medianUs: 80, p95Us: 200 },
    network: { gbit: 10, roundTripUs: 60 },
    layout: 'host-per-node',
    clients: { where: 'remote', share: null },
    memoryBytes: 256 * 2 ** 30,
  })
})

test('cores and a speed are enough', () => {
  expect(parse('cores: 16\nspeed: { ratio: [0.9, 1.2] }')).toEqual({
    ...{ name: 'target', cores: 16, threadsPerCore: 1, speed: { by: 'ratio', low: 0.9, high: 1.2 } },
    ...{ fsync: null, network: null, layout: 'one-host', clients: { where: 'local', share: null } },
    ...{ connections: 200, applierThreads: 4, memoryBytes: null },
  })
})

test('the other two ways to give a speed', () => {
  expect(parse('cores: 4\nspeed: { calibration: t.json }').speed).toEqual({
    by: 'calibration',
    file: 't.json',
  })
  expect(parse('cores: 4\nspeed: { cpuClass: epyc-milan }').speed).toEqual({
    by: 'class',
    cpuClass: 'epyc-milan',
  })
})

const speed = 'speed: { ratio: [1, 1] }'

test.each([
  ['', /line 1: cores is missing\nline 1: speed is missing/],
  ['- 1', /not a mapping/],
  ['cores: [', /line 1/],
  [`corse: 4\n${speed}`, /line 1: corse is not a known key.*Did you mean cores\?/s],
  [`cores: 4.5\n${speed}`, /cores is 4.5; allowed: a whole number from 1 to 4096/],
  [`cores: "4"\n${speed}`, /cores is "4"; allowed: a whole number/],
  [`cores: 4\nthreadsPerCore: 3\n${speed}`, /line 2: threadsPerCore is 3; allowed: 1 or 2/],
  ['cores: 4\nspeed: fast', /speed is "fast"; allowed: keys and values/],
  ['cores: 4\nspeed: {}', /exactly one of calibration, cpuClass and ratio; it has none/],
  ['cores: 4\nspeed: { ratio: [1, 1], cpuClass: x }', /it has cpuClass and ratio/],
  ['cores: 4\nspeed: { ratio: [2, 1] }', /two numbers/],
  ['cores: 4\nspeed: { ratio: [0, 1] }', /two numbers/],
  ['cores: 4\nspeed: { cpuClass: epyc-milano }', /allowed: .*Did you mean epyc-milan\?/],
  [`cores: 4\n${speed}\nfsync: { medianUs: 80 }`, /fsync.p95Us is missing/],
  [`cores: 4\n${speed}\nfsync:\n  medianUs: 80\n  p95Us: 8`, /line 5: fsync.p95Us is below/],
  [`cores: 4\n${speed}\nfsync: { medianUs: .nan, p95Us: 8 }`, /fsync.medianUs is null; allowed: a number/],
  [`cores: 4\n${speed}\nclients: { where: remote, share: 0.5 }`, /clients.share is only for local/],
  [`cores: 4\n${speed}\nclients: { where: moon }`, /clients.where is "moon"; allowed: local or remote/],
  [`cores: 4\n${speed}\nnetwork: { gbit: -1 }`, /network.gbit is -1/],
  [`cores: 4\ncores: 5\n${speed}`, /line 2: Map keys must be unique/],
])('%j is refused by name, with its line', (text, problem) => {
  expect(problemsOf(text)).toMatch(problem)
})

test('all problems come at once, in the order of the file', () => {
  expect(problemsOf('cores: 0\nlayout: x\nspeed: {}\n').split('\n')).toEqual([
    'line 1: cores is 0; allowed: a whole number from 1 to 4096',
    'line 2: layout is "x"; allowed: one-host or host-per-node',
    'line 3: speed needs exactly one of calibration, cpuClass and ratio; it has none of them',
  ])
})
