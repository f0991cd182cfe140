import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isoTime } from '../../kit/clock.js'
import { type Context, uncancelled } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { BlockFigures } from '../../model/bench-comparison.js'
import type { Attribution, BenchCheck } from '../../model/bench-result.js'
import { openAttribution } from '../attribution/attribution-run.js'
import type { BenchCore } from '../bench/bench-core.js'
import type { RunWishes } from '../bench/run-wishes.js'
import type { Scenario } from '../scenarios/scenario.js'
import type { BlockSeen, CompareSide } from './side.js'
import type { SysbenchCheckpoint } from './sysbench-process.js'
import { startSysbench } from './sysbench-process.js'
import { writeSysbenchWork } from './sysbench-work.js'

/** sysbench sends the statements of the scenario to the same rows, nodes and sockets; only the client differs. */
export function sysbenchSide(scenario: Scenario, wishes: RunWishes, core: BenchCore): CompareSide {
  if (wishes.arrival.loop !== 'closed')
    throw corelabError('PEER_UNSUITED', {
      message: 'sysbench is compared in a closed loop only',
      detail: 'Its own rate mode plans arrivals in another way, so the latencies would not compare.',
    })
  return {
    described: {
      label: 'sysbench',
      scenario: scenario.name,
      driver: 'sysbench',
      options: wishes.options,
    },
    measure: async (_index, context) => {
      const prepared = await scenario.prepare(core, { ...wishes, driver: 'mysql2' }, context)
      const folder = await mkdtemp(join(tmpdir(), 'corelab-sysbench-'))
      try {
        const work = await writeSysbenchWork(prepared.plan, folder)
        return await measureBlock({ work, wishes, core, writes: prepared.writes }, context)
      } finally {
        await rm(folder, { recursive: true, force: true })
        await prepared.dispose(uncancelled(context))
      }
    },
  }
}

async function measureBlock(
  job: {
    readonly work: readonly string[]
    readonly wishes: RunWishes
    readonly core: BenchCore
    readonly writes: boolean
  },
  context: Context,
): Promise<BlockSeen> {
  const { wishes, core } = job
  const process = startSysbench(
    [
      ...job.work,
      `--threads=${wishes.connections}`,
      `--report-checkpoints=${checkpointsOf(wishes).join(',')}`,
      // A second longer than it is measured, so that its CPU time can still be read at the end of the window.
      `--time=${(checkpointsOf(wishes)[1] ?? 0) + 1}`,
      `--rand-seed=${wishes.seed}`,
    ],
    context.signal,
  )
  const peer = { name: peerName, role: null, pid: process.pid }
  const watched = { ...core, processes: [...core.processes, peer] }
  const attribution = await openAttribution(watched, job, context)
  try {
    await process.checkpoint()
    attribution.begin()
    const startedAt = isoTime(context.clock.wallMs())
    const seen = await process.checkpoint()
    attribution.end()
    await process.finished
    const booked = await attribution.finish(seen.events)
    return blockOf({ startedAt, seen, attribution: booked, connections: wishes.connections })
  } catch (error) {
    process.stop()
    await attribution.finish(0)
    throw error
  }
}

const peerName = 'sysbench'

/** Whole seconds, as sysbench wants them. */
function checkpointsOf({ warmUpMs, durationMs }: RunWishes): readonly number[] {
  const begin = Math.max(1, Math.round(warmUpMs / 1000))
  return [begin, begin + Math.max(1, Math.round(durationMs / 1000))]
}

function blockOf(block: {
  readonly startedAt: string
  readonly seen: SysbenchCheckpoint
  readonly attribution: Attribution
  readonly connections: number
}): BlockSeen {
  const { seen, attribution, connections } = block
  const { noise } = attribution
  const failed = seen.errors + seen.reconnects
  const statements = seen.reads + seen.writes + seen.other
  const check: BenchCheck = {
    name: 'one statement each',
    // Its counters are read one after the other, while its threads go on.
    valid: seen.events > 0 && Math.abs(statements - seen.events) <= connections,
    summary: `${seen.events} events, ${statements} statements, ${failed} errors`,
  }
  return {
    startedAt: block.startedAt,
    windowMs: seen.seconds * 1000,
    figures: figuresOf(seen, attribution, failed),
    noisyShare: noise && noise.noisy / noise.slices,
    checks: [check],
    result: null,
    notAFigure: check.valid ? null : check.summary,
  }
}

function figuresOf(seen: SysbenchCheckpoint, { processes }: Attribution, failed: number): BlockFigures {
  // Our own process only waits meanwhile; what it costs is not the client's.
  const others = processes.filter(({ name }) => name !== 'client')
  const client = others.find(({ name }) => name === peerName)?.cpuUsPerOperation ?? null
  const known = others.every(({ cpuUsPerOperation }) => cpuUsPerOperation !== null)
  return {
    ok: seen.events,
    failed,
    perSecond: seen.events / seen.seconds,
    // sysbench knows one percentile of a run.
    p50Us: null,
    p95Us: seen.p95Ms * 1000,
    p99Us: null,
    clientCpuUs: client,
    totalCpuUs: known ? others.reduce((sum, each) => sum + (each.cpuUsPerOperation ?? 0), 0) : null,
  }
}
