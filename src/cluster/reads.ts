import { corelabError } from '../kit/errors.js'
import { type RouterMetrics, routerMetricsPath } from '../model/router-metrics.js'
import type { ReaderKind, Topology } from '../model/topology.js'
import { keeperSocketOf } from '../sys/keeper-socket.js'
import { type EnvironmentRef, readLiveProcesses, readPlan } from './environment-store.js'
import { keeperClient } from './keeper-client.js'

/** Who takes the reads, and where the work of the subsystems went. */
export interface ReadsView {
  readonly env: string
  readonly topology: Topology
  /** null = the subsystem host does not answer. */
  readonly metrics: RouterMetrics | null
}

/**
 * Shows who takes the reads that anybody may serve; with `from` says so anew, which every router follows within one
 * push. Throws ENV_NOT_RUNNING, KEEPER_UNREACHABLE, and what the keeper refuses.
 */
export async function switchReads(
  ref: EnvironmentRef,
  from: readonly ReaderKind[] | null,
): Promise<ReadsView> {
  const { keeper } = await readLiveProcesses(ref)
  if (!keeper)
    throw corelabError('ENV_NOT_RUNNING', {
      message: `Environment ${ref.env} is not running`,
      fix: ['corelab up'],
    })
  const plan = await readPlan(ref)
  const client = keeperClient(keeperSocketOf(plan.socketDir))
  if (from !== null) await client.reads(from)
  const topology = await client.topology()
  return { env: ref.env, topology, metrics: await hostMetrics(plan.ports.subsystems) }
}

const answerLimitMs = 2000

/** A core without its subsystem host can still be switched. */
async function hostMetrics(port: number): Promise<RouterMetrics | null> {
  try {
    const signal = AbortSignal.timeout(answerLimitMs)
    const response = await fetch(`http://127.0.0.1:${port}${routerMetricsPath}`, { signal })
    return response.ok ? ((await response.json()) as RouterMetrics) : null
  } catch {
    return null
  }
}
