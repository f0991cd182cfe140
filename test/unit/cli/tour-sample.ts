import type { TourResult } from '../../../src/drills/tour/tour-options.js'
import type { CheckVerdict, ThroughputFigure } from '../../../src/model/demo-result.js'

const latency = { p50Ms: 1.1, p95Ms: 2.4, p99Ms: 3.1, maxMs: 20 }

const check = (name: string, summary: string): CheckVerdict => ({ name, valid: true, summary, details: {} })

const figure = (change: Partial<ThroughputFigure> & Pick<ThroughputFigure, 'name'>): ThroughputFigure => ({
  operationsPerSecond: 24_310.4,
  errors: 0,
  connections: 32,
  durationMs: 10_000,
  latency,
  loop: 'closed',
  statement: 'SELECT ...',
  durability: 'semi-sync',
  dataBytes: 1,
  bufferPoolBytes: 1,
  driver: 'mysql2',
  ...change,
})

/** A tour that went well. */
export const tourResult: TourResult = {
  schema: 'corelab/demo@1',
  verdict: 'pass',
  verdictReason:
    'db-1 was killed under load and db-2 took over after 1.93 s without writes. All 4 checks hold: 48,210 acknowledged transfers, none lost.',
  startedAt: '2026-11-22T10:00:00.000Z',
  durationMs: 134_000,
  cancelled: false,
  corelab: '0.1.0',
  project: '/home/dev/clone/corelab-demo',
  env: 'default',
  profile: 'small',
  seed: 42,
  users: 100_000,
  command: 'corelab demo',
  host: {
    cpuModel: 'x',
    cores: 2,
    memoryBytes: 1,
    kernel: '6',
    node: '20',
    mariadb: '10.11',
    redis: '7',
    rabbitmq: '3.10',
  },
  steps: [],
  load: {
    customers: 100_000,
    accounts: 200_000,
    rows: 2_400_000,
    durationMs: 8_400,
    rowsPerSecond: 285_714,
    points: [],
  },
  transfers: {
    acknowledged: 48_210,
    failed: 12,
    unknown: 16,
    unknownResolved: { applied: 9, notApplied: 7 },
    clients: 16,
    durability: 'semi-sync',
    fromMs: 0,
    durationMs: 20_000,
    pointIntervalMs: 1_000,
    points: [],
    latency,
  },
  failover: {
    killedNode: 'db-1',
    newMaster: 'db-2',
    epochBefore: 1,
    epochAfter: 2,
    killedAtMs: 1_000,
    detectedAfterMs: 310,
    promotedAfterMs: 890,
    publishedAfterMs: 900,
    lastOkAtMs: 999,
    firstOkAtMs: 2_929,
    writeGapMs: 1_930,
    publications: [],
  },
  roles: [],
  checks: [
    check(
      'acknowledged writes',
      'all 48,210 acknowledged transfers are on 3 nodes; of 16 with unknown outcome 9 were applied and 7 were not',
    ),
    check('money conserved', '81 legal entities, the sum is what it was'),
    check('balances', '200,000 accounts equal the sum of their entries'),
    check('replicas', '3 of 3 nodes hold the same rows as the master'),
  ],
  figures: [
    figure({ name: 'read' }),
    figure({ name: 'write', operationsPerSecond: 4_120, latency: { ...latency, p99Ms: 18.2 } }),
  ],
  reportDir: '/home/dev/clone/corelab-demo/.corelab/default/reports/demo/2026-11-22T10-00-00Z',
  running: true,
}
