import type { EntityKind } from '../entity-kinds.js'
import type { SubsystemCode } from '../subsystem.js'

/** What a person decides about a subsystem; everything else in the catalogue is derived. Lists are words. */
export interface SubsystemSeed {
  readonly code: SubsystemCode
  readonly name: string
  readonly purpose: string
  readonly entities: Readonly<Record<EntityKind, string>>
  readonly callers: string
  readonly subscribers: string
}
