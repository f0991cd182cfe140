import type { DrillEdge, DrillEnvironment, DrillExpectations, SingleStep } from '../../model/drill.js'

/**
 * What drills have in common. A schedule reads: calm, fault, what must follow, work afterwards. The end (heal, all
 * nodes serve, final reads, checks) belongs to every drill and stands in none.
 */

export const calm: SingleStep = { do: 'run', forMs: 5000 }
export const workAfter: SingleStep = { do: 'run', forMs: 6000 }

/** Far beyond what a failover takes: when it is over, none will come. */
export const failover: SingleStep = { do: 'await', what: 'failover', limitMs: 60_000 }
export const writesAgain: SingleStep = { do: 'await', what: 'writes', limitMs: 60_000 }
export const silence: SingleStep = { do: 'await', what: 'silence', limitMs: 30_000 }
export const whole: SingleStep = { do: 'await', what: 'whole', limitMs: 90_000 }

/** Connections go straight to the nodes, and the keeper can end any process. */
export const plain: DrillEnvironment = { network: false, stonith: true, guarded: true }
/** Every connection can be broken. */
export const proxied: DrillEnvironment = { network: true, stonith: true, guarded: true }
/** As if the old master were on a host that nobody reaches: it lives on, and only the seal holds it. */
export const outOfReach: DrillEnvironment = { network: true, stonith: false, guarded: true }

/** The master dies at once, sockets and all. */
export const afterKill = { aimMs: 1000, limitMs: 15_000 } as const
/** The master goes silent: first somebody has to be sure of it. */
export const afterSilence = { aimMs: 3000, limitMs: 20_000 } as const

export const oneFailover = { epochChanges: [1, 1] } as const satisfies Partial<DrillExpectations>
export const noFailover = { epochChanges: [0, 0] } as const satisfies Partial<DrillExpectations>

/** Everything between the master and the others but its clients, who stay on its side. */
export const masterToTheRest: readonly DrillEdge[] = [
  { from: 'keeper', to: 'master' },
  { from: 'qlink', to: 'master' },
  { from: 'shadow', to: 'master' },
  { from: 'slave-1', to: 'master' },
  { from: 'slave-2', to: 'master' },
]

/** The way of acknowledgements, and the way around it. Stopped, the master goes on writing what nobody has. */
export const awayFromMaster: readonly DrillEdge[] = [
  { from: 'qlink', to: 'master' },
  { from: 'shadow', to: 'master' },
]
