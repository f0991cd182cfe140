import type { RedisClient } from '../clients/redis.js'
import type { Clock } from '../kit/clock.js'
import type { LegalEntity } from '../model/legal-entity.js'
import type { ReadMode } from '../protocol/router/wish.js'
import type { DataSource } from './data-source.js'
import type { Sequence } from './sequence.js'

/** What travels with a call beside its argument; the header names are in brackets. */
export interface CallContext {
  /** The legal entity on whose data the call works [x-le]. */
  readonly le: LegalEntity
  /** The global serial number, given at the edge or by the host [x-gsn]. */
  readonly gsn: string
  /** Names one wish of the caller: repeating it changes nothing more [idempotency-key]. */
  readonly idempotencyKey: string | null
  /** What reads ask of their node; `master` only when the caller cannot live with a replica's lag [x-read]. */
  readonly readMode: ReadMode
  readonly institution: string | null
  readonly channel: string | null
  readonly operator: string | null
  readonly businessDate: string | null
  readonly traceParent: string | null
}

export interface ServiceCall {
  /** With the package, e.g. `cn.corelab.act.SettlementAccountService`. */
  readonly interfaceName: string
  readonly method: string
  readonly argument: Readonly<Record<string, unknown>>
  readonly context: CallContext
}

/** What a subsystem's operation may use. Each subsystem has its own: its account, its rights. */
export interface SubsystemPlatform {
  readonly dataSource: DataSource
  readonly redis: RedisClient
  readonly sequence: Sequence
  readonly clock: Clock
  /** Calls an operation of any subsystem in the caller's context. Throws what the operation throws. */
  call(call: ServiceCall): Promise<unknown>
}

/** An operation: gives the data of the answer, or throws a BusinessRefusal or another catalogued error. */
export type OperationHandler = (call: ServiceCall, platform: SubsystemPlatform) => Promise<unknown>
