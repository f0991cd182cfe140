import { LogHistogram } from '../../../src/kit/log-histogram.js'
import { seededRandom } from '../../../src/kit/random.js'
import { meanRateInterval } from '../../../src/kit/statistics/mean-interval.js'
import type { BenchResult, HistogramData, SeriesPoint } from '../../../src/model/bench-result.js'

/** Invented numbers with the shape of a run: only their kind is like those of a host. */
export function benchSample(changes: Partial<BenchResult> = {}): BenchResult {
  const random = seededRandom(5)
  const series: SeriesPoint[] = Array.from({ length: 20 }, (_, index) => ({
    atMs: index * 1000,
    lengthMs: 1000,
    ok: 20_000 + random.below(900) - (index === 12 ? 4000 : 0),
    failed: index === 12 ? 7 : 0,
    unknown: 0,
    p50Us: 2300 + random.below(200),
    p99Us: 5200 + random.below(900),
    maxUs: 9000 + random.below(9000),
  }))
  const ok = series.reduce((sum, point) => sum + point.ok, 0)
  const latency = latencies(ok, 2400)
  const interval = meanRateInterval(series, { seed: 1 })
  return {
    schema: 'corelab/bench-result@1',
    id: '2026-11-23T05-00-00Z-db-read',
    scenario: 'db-read',
    title: 'One row by primary key: the balance of a random account, on every node that serves reads.',
    startedAt: '2026-11-23T05:00:00.000Z',
    command: 'corelab bench run db-read --connections 50 --seconds 20 --seed 1',
    corelab: { version: '0.1.0', gitRevision: '137abcd9d2a0f0c0' },
    host: {
      hostname: 'lab-7',
      cpuModel: 'AMD EPYC 9R14',
      cores: 2,
      memoryBytes: 8 * 1024 ** 3,
      kernel: '6.1.0-28-amd64',
      node: 'v20.20.0',
      versions: { database: '10.11.19-MariaDB', redis: '7.0.15', rabbitmq: '3.10.8' },
    },
    settings: {
      profile: 'small',
      connections: 50,
      workers: 1,
      driver: 'wire',
      transport: 'unix-socket',
      loop: 'closed',
      ratePerSecond: null,
      customers: 100_000,
      dataBytes: 92 * 1024 ** 2,
      bufferPoolBytes: 256 * 1024 ** 2,
      durability: 'qlink fsync before every OK (AFTER_SYNC), innodb_flush_log_at_trx_commit=1, sync_binlog=1',
      seed: 1,
      digest: '5f1c0d9e',
    },
    load: {
      ended: 'time',
      warmUpMs: 2000,
      windowMs: 20_000,
      classes: [
        { name: 'read-balance', ok, failed: 7, unknown: 0, latency, errors: { 'DATABASE_REFUSED 1213': 7 } },
      ],
      latency,
      serviceTime: null,
      series,
      seriesDropped: 0,
      schedule: null,
      total: { ok: ok + 40_000, failed: 7, unknown: 0 },
      abandoned: 0,
      counted: { rowsVerified: 412 },
    },
    attribution: {
      processes: [
        {
          name: 'client',
          role: null,
          cpuMs: 8200,
          cpuUsPerOperation: 20.1,
          contextSwitchesPerOperation: 0.1,
        },
        {
          name: 'db-1',
          role: 'master',
          cpuMs: 900,
          cpuUsPerOperation: 2.2,
          contextSwitchesPerOperation: 0.02,
        },
        {
          name: 'db-2',
          role: 'shadow',
          cpuMs: 9100,
          cpuUsPerOperation: 22.4,
          contextSwitchesPerOperation: 0.71,
        },
        {
          name: 'db-3',
          role: 'slave-1',
          cpuMs: 8900,
          cpuUsPerOperation: 21.8,
          contextSwitchesPerOperation: 0.69,
        },
        {
          name: 'db-4',
          role: 'slave-2',
          cpuMs: 9000,
          cpuUsPerOperation: 22,
          contextSwitchesPerOperation: 0.7,
        },
        { name: 'qlink', role: null, cpuMs: 300, cpuUsPerOperation: 0.7, contextSwitchesPerOperation: 0.05 },
        { name: 'keeper', role: null, cpuMs: 250, cpuUsPerOperation: 0.6, contextSwitchesPerOperation: 0.05 },
      ],
      fsyncsPerOperation: null,
      lagMaxMs: { 'db-2': 0, 'db-3': 4, 'db-4': null },
      hostBusyShare: 0.97,
      hostStolenShare: 0.004,
      noise: { slices: 20, noisy: 1, verdict: 'quiet' },
    },
    checks: [
      {
        name: 'rows are right',
        valid: true,
        summary: '412 sampled rows were decoded, each was the account asked for',
      },
      { name: 'nodes agree', valid: true, summary: 'all four nodes hold the same rows' },
    ],
    figure: {
      unit: 'QPS',
      perSecond: interval?.estimate ?? 0,
      perSecondInterval: interval && [interval.low, interval.high],
      capacityProbe: false,
    },
    notAFigure: null,
    ...changes,
  }
}

/** Skewed latencies around a median. */
export function latencies(count: number, medianUs: number): HistogramData {
  const random = seededRandom(11)
  const histogram = new LogHistogram()
  for (let index = 0; index < Math.min(count, 50_000); index++)
    histogram.record(Math.round(medianUs * (0.7 + 0.35 * -Math.log(1 - random.fraction()))))
  return histogram.toData()
}
