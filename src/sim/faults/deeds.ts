import { present } from '../../kit/assert.js'
import { type NodeName, nodeNames } from '../../model/node.js'
import { nodeWithRole } from '../../model/topology.js'
import type { StepKind } from '../../protocol/keeper/steps.js'
import { type Cast, keeperOf } from '../cast.js'
import type { DatabaseNode } from '../database/database-node.js'
import { nodeIndexOf } from '../processes/addresses.js'
import type { DeathWish } from '../processes/death-wish.js'
import type { Ending, Process } from '../world/process.js'
import { cut, cutAtRandom, slowDown } from './network-deeds.js'
import type { Fault, FaultKind, Target } from './schedule.js'

/** What undoes a fault that lasts. */
export type Undo = () => void

type Deed = (cast: Cast, fault: Fault) => Undo | null

/** How each kind of fault is done. */
export const deeds: Readonly<Record<FaultKind, Deed>> = {
  'kill-node': (cast, fault) => end(cast, nodeProcess(cast, fault), 'kill'),
  'power-node': (cast, fault) => end(cast, nodeProcess(cast, fault), 'power'),
  'freeze-node': (cast, fault) => freeze(cast, nodeProcess(cast, fault)),
  'kill-qlink': (cast) => end(cast, cast.qlinkProcess, 'kill'),
  'power-qlink': (cast) => end(cast, cast.qlinkProcess, 'power'),
  'freeze-qlink': (cast) => freeze(cast, cast.qlinkProcess),
  'kill-keeper': (cast) => endAndStart(cast, activeKeeper(cast)),
  'freeze-keeper': (cast) => freeze(cast, activeKeeper(cast)),
  'kill-keeper-at-step': (cast, fault) => armKeeper(cast, fault, 'keeper'),
  'kill-qlink-at-step': (cast, fault) => armKeeper(cast, fault, 'qlink'),
  'kill-candidate-at-step': (cast, fault) => armKeeper(cast, fault, 'candidate'),
  'kill-router': (cast, fault) => endAndStart(cast, router(cast, fault)),
  'freeze-router': (cast, fault) => freeze(cast, router(cast, fault)),
  'blind-router': blindRouter,
  'partition-node': (cast, fault) => {
    const node = nodeProcess(cast, fault)
    return cut(cast, fault, { one: [node], other: cast.world.processes.filter((each) => each !== node) })
  },
  'partition-qlink-leader': (cast, fault) =>
    cut(cast, fault, { one: [nodeProcess(cast, fault)], other: [cast.qlinkProcess] }),
  'blind-keeper': (cast, fault) =>
    cut(cast, fault, { one: [nodeProcess(cast, fault)], other: cast.keeperProcesses }),
  'partition-any': cutAtRandom,
  'slow-network': slowDown,
  'qlink-disk-full': (cast) => failDisk(cast, 'full'),
  'qlink-fsync-error': (cast) => failDisk(cast, 'fsync'),
  'qlink-disk-stall': (cast) => during(cast.qlinkDisk, 'stalled', [true, false]),
  'qlink-disk-slow': (cast) => during(cast.qlinkDisk, 'slowness', [20, 1]),
  'node-disk-stall': (cast, fault) => during(node(cast, fault).state, 'diskStalled', [true, false]),
  'node-disk-slow': (cast, fault) => during(node(cast, fault).state, 'diskSlowness', [30, 1]),
  'slow-applier': (cast, fault) => during(node(cast, fault).state, 'applierSlowness', [500, 1]),
  'stalled-applier': (cast, fault) => during(node(cast, fault).state, 'applierStalled', [true, false]),
  'errant-write': writeErrant,
  switchover: askSwitchover,
  failover: (cast) => {
    keeperOf(cast)?.failover()
    return null
  },
  reclone: (cast) => {
    recloneHeld(cast)
    return null
  },
  reconcile: (cast) => {
    keeperOf(cast)?.reconcile()
    return null
  },
  'unstartable-node': (cast, fault) => {
    const index = nodeIndex(cast, fault)
    cast.supervisor.unstartable.add(index)
    return () => void cast.supervisor.unstartable.delete(index)
  },
  'helpless-supervisor': (cast) => during(cast.supervisor, 'isHelpless', [true, false]),
  'power-all': powerAll,
}

/** A person makes the nodes that are held anew, one after the other. */
export function recloneHeld(cast: Cast): void {
  const keeper = keeperOf(cast)
  const held = cast.store.current.nodes.find(({ name }) => keeper?.state?.quarantined[name] === 'held')
  if (held) keeper?.reclone(held.name)
}

function end(cast: Cast, process: Process, how: Ending): null {
  cast.world.end(process, how)
  return null
}

/** The system, or a person, starts it again. */
function endAndStart(cast: Cast, process: Process): Undo {
  cast.world.end(process, 'kill')
  return () => cast.world.start(process)
}

function freeze(cast: Cast, process: Process): Undo {
  const { life } = process
  cast.world.freeze(process)
  return () => {
    if (process.life === life) cast.world.thaw(process)
  }
}

function during<T extends object, K extends keyof T>(
  of: T,
  key: K,
  values: readonly [bad: T[K], well: T[K]],
): Undo {
  of[key] = values[0]
  return () => {
    of[key] = values[1]
  }
}

function failDisk({ qlinkDisk }: Cast, failing: 'full' | 'fsync'): Undo {
  qlinkDisk.failing = failing
  return () => {
    qlinkDisk.failing = null
  }
}

const dangerousSteps: readonly StepKind[] = [
  'seal',
  'halt',
  'survey',
  'drain',
  'attach',
  'open',
  'repoint',
  'check',
  'quiesce',
  'level',
  'release',
]

/** Somebody dies at the next such place of its work; if it does not come there, nothing happens. */
function armKeeper(cast: Cast, { choice }: Fault, victim: DeathWish['victim']): Undo {
  const process = activeKeeper(cast)
  const keeper = present(cast.keepers[cast.keeperProcesses.indexOf(process)], 'keeper')
  const step = present(dangerousSteps[choice % dangerousSteps.length], 'step')
  const places = ['begin', 'end', 'published'] as const
  const at = present(places[Math.floor(choice / 16) % places.length], 'place')
  keeper.deathWish = { victim, at, step }
  return () => {
    keeper.deathWish = null
    cast.world.start(process)
  }
}

function blindRouter(cast: Cast, { choice }: Fault): Undo {
  return during(present(cast.routers[choice % cast.routers.length], 'router'), 'isBlind', [true, false])
}

function writeErrant(cast: Cast, fault: Fault): null {
  const { state } = node(cast, fault)
  const { master } = cast.store.current
  const isReplica =
    master !== null && nodeIndexOf(master) !== state.index && state.readOnly && !state.semiSync
  if (isReplica && state.isReady && state.process().state === 'up') node(cast, fault).writeErrant()
  return null
}

function askSwitchover(cast: Cast, { choice }: Fault): null {
  const to = choice % 2 === 0 ? null : (nodeNames[Math.floor(choice / 2) % nodeNames.length] as NodeName)
  keeperOf(cast)?.switchover(to)
  return null
}

/** The host loses its power; what starts again is the keeper's task. */
function powerAll(cast: Cast): Undo {
  for (const process of [...cast.nodeProcesses, cast.qlinkProcess, ...cast.keeperProcesses])
    cast.world.end(process, 'power')
  return () => {
    for (const process of cast.keeperProcesses) cast.world.start(process)
  }
}

function activeKeeper(cast: Cast): Process {
  const holder = cast.store.lock?.holder
  return (
    cast.keeperProcesses.find(({ index }) => index === holder) ?? present(cast.keeperProcesses[0], 'keeper')
  )
}

function router(cast: Cast, { choice }: Fault): Process {
  return present(cast.routerProcesses[choice % cast.routerProcesses.length], 'router')
}

function nodeProcess(cast: Cast, fault: Fault): Process {
  return present(cast.nodeProcesses[nodeIndex(cast, fault)], 'process of a node')
}

function node(cast: Cast, fault: Fault): DatabaseNode {
  return present(cast.nodes[nodeIndex(cast, fault)], 'node')
}

function nodeIndex({ store }: Cast, { target, choice }: Fault): number {
  const name = nodeInPart(store, target, choice)
  return name === null ? choice % nodeNames.length : nodeIndexOf(name)
}

function nodeInPart({ current }: Cast['store'], target: Target, choice: number): NodeName | null {
  switch (target) {
    case 'master':
      return current.master ?? nodeWithRole(current, 'master')?.name ?? null
    case 'shadow':
      return nodeWithRole(current, 'shadow')?.name ?? null
    case 'slave':
      return nodeWithRole(current, choice % 2 === 0 ? 'slave-1' : 'slave-2')?.name ?? null
    case 'old-master':
      return nodeWithRole(current, 'quarantined')?.name ?? null
    case 'any':
      return null
  }
}
