import type { Context } from '../../kit/context.js'
import { CorelabError, corelabError, isCancelled } from '../../kit/errors.js'
import { formatDuration } from '../../kit/units.js'
import type { Topology } from '../../model/topology.js'
import { awaitReplicas } from '../await-replicas.js'
import { readEndpoints } from '../endpoints.js'
import type { EnvironmentRef } from '../environment-store.js'
import { withNodeSessions } from '../node-sessions.js'
import { readStatus } from '../status.js'

export interface AwaitNodesOptions extends EnvironmentRef {
  /** Nodes that do not serve are not waited for. */
  readonly force: boolean
}

/** The keeper has a server that was killed back within seconds. */
const returnLimitMs = 30_000
const pollMs = 500

/**
 * Loaded means loaded on every node: whoever asks a slave next must find the customers there. A node that falls out of
 * service meanwhile may come back; then it is waited for, too. Throws LOAD_FAILED naming those that stay away, REPLICATION_BROKEN,
 * CANCELLED.
 */
export async function awaitAllNodes(options: AwaitNodesOptions, context: Context): Promise<void> {
  const { clock, emit, signal } = context
  let awayMs = 0
  for (;;) {
    const { topology } = await readStatus(options)
    if (topology === null) return
    const away = awayFrom(topology)
    if (away.length === 0 || options.force) {
      if (await haveAll(topology, options, context)) return warnOf(away, context)
    } else {
      if (awayMs > returnLimitMs) throw stayedAway(away)
      emit({
        kind: 'step.waiting',
        step: 'population.replicas',
        waitingFor: `${away.join(', ')}: back in service`,
        elapsedMs: awayMs,
        limitMs: returnLimitMs,
      })
      awayMs += pollMs
    }
    await clock.sleep(pollMs, signal)
  }
}

function awayFrom({ nodes, master }: Topology): string[] {
  return nodes.filter(({ name, serving }) => !serving && name !== master).map(({ name }) => name)
}

/** False when one of the nodes fell out of service meanwhile: a frozen one would not even say so. */
async function haveAll(topology: Topology, ref: EnvironmentRef, context: Context): Promise<boolean> {
  const changed = new AbortController()
  const watching = watch(ref, awayFrom(topology), changed, context)
  const signal = AbortSignal.any([context.signal, changed.signal])
  try {
    const endpoints = await readEndpoints(ref)
    await withNodeSessions({ endpoints, topology, account: 'loader', signal }, (nodes) =>
      awaitReplicas(nodes, { ...context, signal }),
    )
    return true
  } catch (error) {
    if (context.signal.aborted) throw error
    if (changed.signal.aborted || isCancelled(error)) return false
    if (error instanceof CorelabError && error.code === 'DATABASE_UNREACHABLE') return false
    throw error
  } finally {
    changed.abort()
    await watching
  }
}

async function watch(
  ref: EnvironmentRef,
  before: readonly string[],
  changed: AbortController,
  { clock }: Context,
): Promise<void> {
  while (!changed.signal.aborted) {
    const { topology } = await readStatus(ref).catch(() => ({ topology: null }))
    if (topology !== null && awayFrom(topology).join() !== before.join()) changed.abort()
    await clock.sleep(pollMs, changed.signal).catch(() => undefined)
  }
}

function stayedAway(away: readonly string[]) {
  return corelabError('LOAD_FAILED', {
    message: `All rows are on the master, but not on every node: ${away.join(', ')} does not serve`,
    detail: `Waited ${formatDuration(returnLimitMs)}. What it lacks comes by replication when it is back.`,
    fix: ['corelab up', 'then the same command again: it ends when every node has everything'],
  })
}

function warnOf(away: readonly string[], { emit }: Context): void {
  if (away.length === 0) return
  const message = `${away.join(', ')} does not serve: it gets the customers when it is back`
  emit({ kind: 'warning', code: 'NODE_AWAY', message })
}
