import { rename } from 'node:fs/promises'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { ComponentName } from '../../model/component-spec.js'
import type { NodeName } from '../../model/node.js'
import { isNode } from '../../model/node.js'
import type { ProcessRecord } from '../../model/process-record.js'
import { nodeOf } from '../../model/topology.js'
import { copyTree, isThere, removeTree } from '../../sys/files.js'
import { closedToClients } from './client-door.js'
import type { Keeper } from './keeper.js'
import { dataDirOf } from './keeper.js'
import { attachQlink, openForWrites } from './open-master.js'
import { proveUsable } from './prove-usable.js'
import { awaitTrue, controlOf, wireChain } from './replication-wiring.js'
import { applySchemas } from './schemas.js'
import type { StepTools } from './step-tools.js'
import type { Supervisor } from './supervisor.js'
import { strayOf } from './survey.js'

export interface BootParts {
  readonly plan: BootPlan
  readonly keeper: Keeper
  readonly steps: StepTools
  /** Takes command of qlink: an older keeper is refused there from now on. */
  readonly claim: () => Promise<void>
  readonly supervisor: Supervisor
  readonly context: Context
  readonly schemaPassword: string
  /** What an earlier keeper left in `run.json`. */
  readonly leftRunning: Readonly<Record<string, ProcessRecord>>
}

const failoverLimitMs = 60_000
const refusalLimitMs = 20_000
const statementLimitMs = 5000

/**
 * From whatever there is - nothing, stopped data, or servers that outlived their keeper - to a usable core.
 * Every part leaves alone what already holds, so that running it again is harmless.
 */
export async function bootCore(parts: BootParts): Promise<void> {
  const { keeper, supervisor, context } = parts
  const step = <T>(id: string, title: string, work: () => Promise<T>, summary?: (result: T) => string) =>
    asStep(context.emit, { step: id, title, parent: 'up' }, context.clock, work, summary)

  const adopted = await supervisor.adopt(parts.leftRunning)
  const broker = step('broker', 'Start RabbitMQ', () => supervisor.start('rabbitmq', 'broker'))
  const rest = bootDatabases(parts, adopted, step)
  // The broker takes longest: when the core fails without it, nobody waits for it any more.
  rest.catch(() => supervisor.stop('rabbitmq'))
  await allSettled([rest, broker])
  await step('usable', 'Prove that the core is usable', () => proveUsable(keeper, context))
  keeper.usable = true
}

type Step = <T>(
  id: string,
  title: string,
  work: () => Promise<T>,
  summary?: (result: T) => string,
) => Promise<T>

async function bootDatabases(parts: BootParts, adopted: readonly ComponentName[], step: Step): Promise<void> {
  const { plan, keeper, supervisor } = parts
  await step('databases', 'Start four database nodes, qlink and Redis', async () => {
    // In drills every connection goes through it, so it comes first.
    if (supervisor.names.includes('network')) await supervisor.start('network', 'databases')
    await Promise.all([
      supervisor.start('redis', 'databases'),
      supervisor.start('qlink', 'databases').then(parts.claim),
      ...nodesToStart(parts, adopted).map(async (node) => {
        await ensureDataDir(plan, node)
        const isMaster = node === keeper.state.topology.master
        await supervisor.start(node, 'databases', isMaster ? closedToClients : [])
      }),
    ])
  })
  const cluster = openWithSchemas(parts, adopted, step)
  // The host becomes ready when the cluster is open; starting it takes as long as opening does.
  cluster.catch(() => supervisor.stop('subsystems'))
  await allSettled([
    cluster,
    step('subsystems', 'Start the subsystem host', () => supervisor.start('subsystems', 'subsystems')),
  ])
  if (keeper.state.topology.nodes.some((node) => node.role === 'quarantined'))
    await step('rejoin', 'Bring the quarantined node back', () => keeper.reconcile())
}

async function openWithSchemas(
  parts: BootParts,
  adopted: readonly ComponentName[],
  step: Step,
): Promise<void> {
  await step('replication', 'Wire replication and open the master', () => openCluster(parts, adopted))
  await step(
    'schemas',
    'Create the schemas of the subsystems',
    () => createSchemas(parts),
    (statements) => (statements === 0 ? 'already there' : `${statements} statements`),
  )
}

/**
 * Waits for all, also when one fails: a rollback must not race with a start that is still under way. Then throws
 * the first failure of the list.
 */
async function allSettled(works: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(works))
    if (outcome.status === 'rejected') throw outcome.reason
}

/** A quarantined node waits for its rebuild; an old master must not come back while it has no successor (I4). */
function nodesToStart({ plan, keeper }: BootParts, adopted: readonly ComponentName[]): NodeName[] {
  const { topology } = keeper.state
  const masterDiedAlone = isOldMasterDead(adopted, topology.master)
  return plan.nodes
    .map((node) => node.name)
    .filter((name) => {
      const role = topology.nodes.find((node) => node.name === name)?.role
      if (role === 'quarantined') return false
      return !(role === 'master' && (topology.master === null || masterDiedAlone))
    })
}

/** Servers outlived their keeper, but the master did not: the machine decides, as it would have then. */
function isOldMasterDead(adopted: readonly ComponentName[], master: NodeName | null): boolean {
  return master !== null && adopted.some(isNode) && !adopted.includes(master)
}

async function openCluster(parts: BootParts, adopted: readonly ComponentName[]): Promise<void> {
  const { keeper, steps, context } = parts
  const { topology } = keeper.state
  const { master, epoch } = topology
  if (master !== null && !isOldMasterDead(adopted, master)) return openAsItWas(parts, { name: master, epoch })
  if (master === null) void keeper.tell({ kind: 'resume' })
  else void keeper.tell({ kind: 'process-gone', node: master })
  const { clock } = context
  const startedMs = clock.monotonicMs()
  await awaitTrue(steps, {
    what: 'the failover that was under way is finished',
    limitMs: failoverLimitMs,
    test: async () => {
      void keeper.tell({ kind: 'tick' })
      const { state } = keeper
      // A refusal is tried again: whoever is missing may be on its way.
      if (state.refusal && clock.monotonicMs() - startedMs > refusalLimitMs)
        throw corelabError('FAILOVER_REFUSED', {
          message: `The failover was refused: ${state.refusal.reason}`,
          fix: ['corelab logs', 'corelab status'],
        })
      return state.topology.master !== null && state.workflow === null
    },
  })
  await wireChain(steps, keeper.state.topology)
  context.emit({
    kind: 'note',
    message: `epoch ${keeper.state.topology.epoch}: ${keeper.state.topology.master} is master`,
  })
}

/** The master is the one of before: its epoch goes on. Writes are let in when qlink has everything it has. */
async function openAsItWas(
  { keeper, steps }: BootParts,
  master: { readonly name: NodeName; readonly epoch: number },
): Promise<void> {
  await attachQlink(steps, master)
  await openForWrites(steps, master)
  await leaveStraysOut(keeper, steps)
  await wireChain(steps, keeper.state.topology)
  await keeper.tell({ kind: 'acknowledged', node: master.name })
}

/** One replica with a history of its own must not keep the others from starting. */
async function leaveStraysOut(keeper: Keeper, steps: StepTools): Promise<void> {
  const { topology } = keeper.state
  await Promise.all(
    topology.nodes
      .filter(({ source, serving }) => source !== null && serving)
      .map(async ({ name: node }) => {
        const position = await controlOf(steps, node).run(statementLimitMs, (connection) =>
          steps.dialect.position(connection),
        )
        const reason = await strayOf(steps, { position, oldMaster: topology.master })
        if (reason !== null) await keeper.tell({ kind: 'diverged', node, reason })
      }),
  )
}

/** A new node's data is a copy of the prepared folder; renamed when whole, so that a crash leaves no half. */
async function ensureDataDir(plan: BootPlan, node: NodeName): Promise<void> {
  const dataDir = dataDirOf(plan, node)
  if (await isThere(dataDir)) return
  await removeTree(`${dataDir}.copying`)
  await copyTree(plan.preparedDataDir, `${dataDir}.copying`)
  await rename(`${dataDir}.copying`, dataDir)
}

async function createSchemas(parts: BootParts): Promise<number> {
  const { keeper, schemaPassword } = parts
  const master = keeper.state.topology.master
  if (master === null)
    throw corelabError('NO_MASTER', {
      message: 'There is no master to create schemas on',
      fix: ['corelab status'],
    })
  return applySchemas({
    endpoint: nodeOf(keeper.state.topology, master).endpoint,
    password: schemaPassword,
  })
}
