import { assert, present } from '../kit/assert.js'
import { consumersOf } from './catalogue-consumers.js'
import { exclusions } from './catalogue-exclusions.js'
import { builtFlows } from './catalogue-flows.js'
import { associatedSeed } from './catalogue-seed/associated.js'
import { backgroundSeed } from './catalogue-seed/background.js'
import { frontEndSeed } from './catalogue-seed/front-end.js'
import type { SubsystemSeed } from './catalogue-seed/subsystem-seed.js'
import type { EntityKind } from './entity-kinds.js'
import { entityKinds } from './entity-kinds.js'
import type {
  Entity,
  EventContract,
  Operation,
  Subsystem,
  SubsystemCode,
  SubsystemModule,
} from './subsystem.js'
import { isSubsystemCode } from './subsystem.js'

/**
 * The 21 subsystems in their fixed order. The cut into 21 is this lab's model of a published architecture:
 * no public list of the real ones exists.
 */
export const subsystems: readonly Subsystem[] = Object.freeze([
  ...frontEndSeed.map((seed) => subsystemOf(seed, 'front-end')),
  ...backgroundSeed.map((seed) => subsystemOf(seed, 'background')),
  ...associatedSeed.map((seed) => subsystemOf(seed, 'associated')),
])

const byCode: ReadonlyMap<string, Subsystem> = new Map(subsystems.map((each) => [each.code, each]))

export function subsystemOfCode(code: SubsystemCode): Subsystem {
  return present(byCode.get(code), `subsystem ${code}`)
}

let operationsByCode: ReadonlyMap<SubsystemCode, readonly Operation[]> | null = null
let operationsByName: ReadonlyMap<string, Operation> | null = null

/** All synchronous operations of a subsystem, in the order of its entities. */
export function operationsOf(code: SubsystemCode): readonly Operation[] {
  operationsByCode ??= new Map(subsystems.map((each) => [each.code, operationsOfSubsystem(each)]))
  return present(operationsByCode.get(code), `operations of ${code}`)
}

/** All 2,341 operations, subsystem by subsystem. */
export function allOperations(): readonly Operation[] {
  return subsystems.flatMap((each) => operationsOf(each.code))
}

/** `cn.corelab.act.SettlementAccountService` and `open`; null when there is no such operation. Case matters. */
export function findOperation(interfaceName: string, method: string): Operation | null {
  operationsByName ??= new Map(allOperations().map((each) => [`${each.interfaceName}/${each.method}`, each]))
  return operationsByName.get(`${interfaceName}/${method}`) ?? null
}

/** Every kind of message that a subsystem publishes. */
export function eventsOf(code: SubsystemCode): readonly EventContract[] {
  const { entities, subscribers } = subsystemOfCode(code)
  return entities.flatMap((entity) =>
    entity.events.map((event) => ({
      subsystem: code,
      entity: entity.name,
      event,
      topic: `${code.toLowerCase()}.${entity.name}.${event}`,
      subscribers,
    })),
  )
}

function operationsOfSubsystem(subsystem: Subsystem): readonly Operation[] {
  return Object.freeze(subsystem.entities.flatMap((entity) => entityOperations(subsystem, entity)))
}

function entityOperations(subsystem: Subsystem, entity: Entity): readonly Operation[] {
  const flows = words(builtFlows[subsystem.code]?.[entity.name] ?? '')
  return entity.methods.map((method) => {
    const template = present(entityKinds[entity.kind].methods[method], `method ${method}`)
    return {
      subsystem: subsystem.code,
      entity: entity.name,
      kind: entity.kind,
      interfaceName: entity.interfaceName,
      method,
      class: template.class,
      idempotent: template.class === 'write' ? 'by-key' : 'by-nature',
      consumers: consumersOf(entity, method, subsystem.callers),
      events: template.causes,
      impl: flows.includes(method) ? 'flow' : 'none',
    }
  })
}

function subsystemOf(seed: SubsystemSeed, module: SubsystemModule): Subsystem {
  const kinds = Object.entries(seed.entities) as [EntityKind, string][]
  return {
    code: seed.code,
    name: seed.name,
    module,
    purpose: seed.purpose,
    entities: kinds.flatMap(([kind, names]) => words(names).map((name) => entityOf(seed.code, kind, name))),
    callers: words(seed.callers).map(codeOf),
    subscribers: words(seed.subscribers).map(codeOf),
  }
}

function entityOf(subsystem: SubsystemCode, kind: EntityKind, name: string): Entity {
  const excluded = exclusions.filter((each) => words(each.entities[subsystem] ?? '').includes(name))
  const template = entityKinds[kind]
  const upperName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  return {
    subsystem,
    name,
    kind,
    interfaceName: `cn.corelab.${subsystem.toLowerCase()}.${upperName}Service`,
    methods: Object.keys(template.methods).filter(
      (method) => !excluded.some((each) => each.methods.includes(method)),
    ),
    events: template.events.filter((event) => !excluded.some((each) => each.events.includes(event))),
  }
}

function codeOf(text: string): SubsystemCode {
  assert(isSubsystemCode(text), `${text} is not a subsystem`)
  return text
}

function words(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ')
}
