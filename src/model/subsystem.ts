import type { EntityKind, OperationClass } from './entity-kinds.js'

/** The 21 subsystems, by module: front-end access, background processing, associated systems. */
export const subsystemCodes = [
  ...(['GWY', 'IAM', 'MKT', 'LIF', 'MAL', 'CMY'] as const),
  ...(['LEG', 'CIF', 'PRD', 'ACT', 'LIA', 'AST', 'WLT', 'PAY', 'ACC', 'RSK'] as const),
  ...(['CCX', 'PNX', 'TPX', 'NTF', 'RCN'] as const),
] as const

/** Three capital letters, e.g. `PAY`. Folders, schemas and accounts use the lower case. */
export type SubsystemCode = (typeof subsystemCodes)[number]

export type SubsystemModule = 'front-end' | 'background' | 'associated'

export function isSubsystemCode(text: string): text is SubsystemCode {
  return (subsystemCodes as readonly string[]).includes(text)
}

/** A business object of a subsystem. One entity is one service interface. */
export interface Entity {
  readonly subsystem: SubsystemCode
  /** In camel case, e.g. `settlementAccount`. */
  readonly name: string
  readonly kind: EntityKind
  /** e.g. `cn.corelab.act.SettlementAccountService` */
  readonly interfaceName: string
  /** The methods of the interface: those of its kind without the excluded ones. */
  readonly methods: readonly string[]
  /** What it announces, e.g. `opened`. */
  readonly events: readonly string[]
}

export interface Subsystem {
  readonly code: SubsystemCode
  readonly name: string
  readonly module: SubsystemModule
  readonly purpose: string
  readonly entities: readonly Entity[]
  /** The subsystems that call it. */
  readonly callers: readonly SubsystemCode[]
  /** The subsystems that receive its events. */
  readonly subscribers: readonly SubsystemCode[]
}

/** One synchronous method of one interface. */
export interface Operation {
  readonly subsystem: SubsystemCode
  /** The entity's name. */
  readonly entity: string
  readonly kind: EntityKind
  readonly interfaceName: string
  readonly method: string
  readonly class: OperationClass
  /** `by-key`: a repeat with the same idempotency key changes nothing more. `by-nature`: it never changes anything. */
  readonly idempotent: 'by-key' | 'by-nature'
  /** Who calls it; at least one other subsystem. */
  readonly consumers: readonly SubsystemCode[]
  /** The events that a call may cause. */
  readonly events: readonly string[]
  /** `flow`: written by hand and doing real work in this version. `none`: declared only. */
  readonly impl: 'flow' | 'none'
}

/** One kind of message that a subsystem publishes. */
export interface EventContract {
  readonly subsystem: SubsystemCode
  readonly entity: string
  /** e.g. `opened` */
  readonly event: string
  /** The routing key, e.g. `act.settlementAccount.opened`. */
  readonly topic: string
  readonly subscribers: readonly SubsystemCode[]
}
