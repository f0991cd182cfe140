import { describe, expect, test } from 'vitest'
import {
  allOperations,
  eventsOf,
  findOperation,
  operationsOf,
  subsystemOfCode,
  subsystems,
} from '../../../src/model/catalogue.js'
import { exclusions } from '../../../src/model/catalogue-exclusions.js'
import { builtFlows } from '../../../src/model/catalogue-flows.js'
import { entityKinds } from '../../../src/model/entity-kinds.js'
import { isSubsystemCode, subsystemCodes } from '../../../src/model/subsystem.js'

/** code: entities, operations, events. Reviewed by people; a change here is a change of the bank's services. */
const expected = {
  GWY: [16, 97, 38],
  IAM: [18, 108, 45],
  MKT: [17, 109, 46],
  LIF: [15, 99, 43],
  MAL: [17, 112, 47],
  CMY: [16, 107, 46],
  LEG: [19, 119, 49],
  CIF: [19, 112, 45],
  PRD: [20, 120, 46],
  ACT: [19, 123, 53],
  LIA: [18, 122, 56],
  AST: [21, 132, 56],
  WLT: [19, 123, 53],
  PAY: [20, 126, 53],
  ACC: [18, 110, 47],
  RSK: [20, 116, 46],
  CCX: [17, 106, 45],
  PNX: [16, 97, 41],
  TPX: [16, 99, 44],
  NTF: [16, 94, 39],
  RCN: [18, 110, 46],
} as const

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

describe('the catalogue', () => {
  test.each(subsystemCodes)('%s has the reviewed number of entities, operations and events', (code) => {
    const counts = [subsystemOfCode(code).entities.length, operationsOf(code).length, eventsOf(code).length]

    expect(counts).toEqual(expected[code])
  })

  test('has 21 subsystems, 375 entities, 2,341 operations and 984 events in all', () => {
    expect(subsystems.map((each) => each.code)).toEqual(subsystemCodes)
    expect(sum(subsystems.map((each) => each.entities.length))).toBe(375)
    expect(allOperations()).toHaveLength(2341)
    expect(sum(subsystemCodes.map((code) => eventsOf(code).length))).toBe(984)
  })

  test('puts 6 subsystems at the front, 10 in the middle and 5 at the edge', () => {
    const modules = subsystems.map((each) => each.module)

    expect(modules.filter((each) => each === 'front-end')).toHaveLength(6)
    expect(modules.filter((each) => each === 'background')).toHaveLength(10)
    expect(modules.filter((each) => each === 'associated')).toHaveLength(5)
  })

  test('names every interface and every topic once', () => {
    const entities = subsystems.flatMap((each) => each.entities)
    const topics = subsystemCodes.flatMap((code) => eventsOf(code).map((each) => each.topic))

    expect(new Set(entities.map((each) => each.interfaceName)).size).toBe(375)
    expect(new Set(topics).size).toBe(984)
    for (const each of entities) {
      expect(each.interfaceName).toMatch(/^cn\.corelab\.[a-z]{3}\.[A-Z][A-Za-z]+Service$/)
    }
  })
})

describe('every operation', () => {
  test('has a consumer in another subsystem', () => {
    for (const operation of allOperations()) {
      expect(operation.consumers, `${operation.interfaceName}/${operation.method}`).not.toHaveLength(0)
      expect(operation.consumers).not.toContain(operation.subsystem)
      expect(new Set(operation.consumers).size).toBe(operation.consumers.length)
    }
  })

  test('is found by its interface and method, in this spelling only', () => {
    for (const operation of allOperations()) {
      expect(findOperation(operation.interfaceName, operation.method)).toBe(operation)
    }

    expect(findOperation('cn.corelab.act.SettlementAccountService', 'Open')).toBeNull()
    expect(findOperation('cn.corelab.ACT.SettlementAccountService', 'open')).toBeNull()
    expect(findOperation('cn.corelab.act.AccountEntryService', 'append')).toBeNull()
    expect(findOperation('cn.corelab.xyz.SettlementAccountService', 'open')).toBeNull()
    expect(findOperation('', '')).toBeNull()
  })

  test('needs an idempotency key exactly when it writes', () => {
    for (const operation of allOperations()) {
      expect(operation.idempotent === 'by-key').toBe(operation.class === 'write')
    }
  })

  test('causes only events that its entity publishes, and only when it writes', () => {
    for (const subsystem of subsystems) {
      for (const entity of subsystem.entities) {
        const own = operationsOf(subsystem.code).filter((each) => each.entity === entity.name)
        for (const operation of own) {
          expect(entity.events, `${entity.interfaceName}/${operation.method}`).toEqual(
            expect.arrayContaining([...operation.events]),
          )
          if (operation.class !== 'write') expect(operation.events).toEqual([])
        }
      }
    }
  })

  test('of an event there is one that causes it, unless only the owner writes that ledger', () => {
    for (const subsystem of subsystems) {
      for (const entity of subsystem.entities) {
        const own = operationsOf(subsystem.code).filter((each) => each.entity === entity.name)
        const caused = new Set(own.flatMap((each) => each.events))
        const silent = entity.events.filter((event) => !caused.has(event))
        expect(silent.length === 0 || entity.kind === 'ledger', entity.interfaceName).toBe(true)
      }
    }
  })
})

describe('what a person wrote', () => {
  test('names callers and subscribers that are other subsystems, each once, in the fixed order', () => {
    for (const { code, callers, subscribers } of subsystems) {
      for (const list of [callers, subscribers]) {
        expect(list.length, code).toBeGreaterThan(0)
        expect(list).toEqual(subsystemCodes.filter((each) => each !== code && list.includes(each)))
      }
    }
  })

  test('excludes only methods and events of entities that exist, with a reason', () => {
    for (const { entities, methods, events, reason } of exclusions) {
      expect(reason).toMatch(/^[A-Z].{20,}\.$/)
      for (const [code, names] of Object.entries(entities)) {
        expect(isSubsystemCode(code)).toBe(true)
        for (const name of names.split(' ')) {
          const entity = subsystems.find((each) => each.code === code)!.entities.find((e) => e.name === name)!
          expect(entity, `${code}.${name}`).toBeDefined()
          expect(Object.keys(entityKinds[entity.kind].methods)).toEqual(expect.arrayContaining([...methods]))
          expect(entityKinds[entity.kind].events).toEqual(expect.arrayContaining([...events]))
        }
      }
    }
  })

  test('marks as built only operations that exist', () => {
    const marked = Object.entries(builtFlows).flatMap(([code, entities]) =>
      Object.entries(entities).flatMap(([entity, methods]) =>
        methods.split(' ').map((method) => `${code}.${entity}.${method}`),
      ),
    )
    const built = allOperations().filter((each) => each.impl === 'flow')

    expect(built.map((each) => `${each.subsystem}.${each.entity}.${each.method}`).sort()).toEqual(
      marked.sort(),
    )
    expect(built).toHaveLength(12)
  })

  test('describes every subsystem in one or two plain sentences', () => {
    for (const { code, name, purpose } of subsystems) {
      expect(name.length, code).toBeLessThanOrEqual(40)
      expect(purpose, code).toMatch(/^[A-Z][\x20-\x7e]{40,260}\.$/)
    }
  })
})
