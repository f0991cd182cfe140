import type { TargetHost } from '../../../../src/load/projection/target-host.js'
import type { BenchResult, ProcessShare } from '../../../../src/model/bench-result.js'

const noLatency = { count: 0, sumUs: 0, maxUs: 0, buckets: [] }

/** A result of db-read on three readers of a quiet 2-core host: 20 us on each side of every read. */
export function sampleResult(
  about: {
    readonly scenario?: string
    readonly connections?: number
    readonly perSecond?: number
    readonly cpuUs?: Readonly<Record<string, number>>
    readonly change?: (result: BenchResult) => BenchResult
  } = {},
): BenchResult {
  const { scenario = 'db-read', connections = 50, perSecond = 40_000, change = (result) => result } = about
  const cpuUs = about.cpuUs ?? { client: 20, 'db-2': 7, 'db-3': 7, 'db-4': 7 }
  const ok = perSecond * 10
  return change({
    schema: 'corelab/bench-result@1',
    id: `${scenario}-${connections}`,
    scenario,
    title: 'A sample',
    startedAt: '2026-01-01T00:00:00.000Z',
    command: `corelab bench run ${scenario}`,
    corelab: { version: '0.0.0', gitRevision: null },
    host: {
      hostname: 'here',
      cpuModel: 'Xeon(R) Gold 6230',
      cores: 2,
      memoryBytes: 8e9,
      kernel: '6',
      node: '20',
      versions: {},
    },
    settings: {
      ...{ profile: 'small', connections, workers: 1, driver: 'wire', transport: 'unix-socket' },
      ...{ loop: 'closed', ratePerSecond: null, customers: 1000, dataBytes: 1e6, bufferPoolBytes: 1e8 },
      ...{ durability: 'redo log flush 1', seed: 1, digest: 'x' },
    },
    load: {
      ...{ ended: 'time', warmUpMs: 1000, windowMs: 10_000, classes: [], latency: noLatency },
      ...{ serviceTime: null, series: [], seriesDropped: 0, schedule: null, abandoned: 0, counted: {} },
      total: { ok, failed: 0, unknown: 0 },
    },
    attribution: {
      processes: Object.entries(cpuUs).map(([name, us]) => shareOf(name, us, ok)),
      fsyncsPerOperation: scenario === 'db-read' ? null : 0.1,
      lagMaxMs: {},
      hostBusyShare: null,
      hostStolenShare: null,
      noise: null,
    },
    checks: [],
    figure: {
      unit: scenario === 'customer' ? 'TPS' : 'QPS',
      perSecond,
      perSecondInterval: null,
      capacityProbe: false,
    },
    notAFigure: null,
  } satisfies BenchResult)
}

const roles: Readonly<Record<string, string>> = {
  'db-1': 'master',
  'db-2': 'shadow',
  'db-3': 'slave-1',
  'db-4': 'slave-2',
}

function shareOf(name: string, us: number, operations: number): ProcessShare {
  return {
    ...{ name, role: roles[name] ?? null, cpuMs: (us * operations) / 1000 },
    ...{ cpuUsPerOperation: us, contextSwitchesPerOperation: null },
  }
}

export const sampleTarget: TargetHost = {
  name: 'there',
  cores: 32,
  threadsPerCore: 1,
  speed: { by: 'ratio', low: 0.9, high: 1.1 },
  fsync: { medianUs: 80, p95Us: 200 },
  network: { gbit: 10, roundTripUs: 60 },
  layout: 'one-host',
  clients: { where: 'local', share: null },
  connections: 200,
  applierThreads: 4,
  memoryBytes: null,
}
