import { Document, isMap, isSeq, visit } from 'yaml'
import { operationsOf, subsystemOfCode } from '../model/catalogue.js'
import type { Entity, Operation, SubsystemCode } from '../model/subsystem.js'

/** The text of a subsystem's `contract.yaml`: all that the catalogue says, one line per method. */
export function contractYaml(code: SubsystemCode): string {
  const { name, module, purpose, callers, subscribers, entities } = subsystemOfCode(code)
  const operations = operationsOf(code)
  const services = entities.map((entity) => serviceOf(entity, operations))
  const document = new Document(
    { code, name, module, purpose, callers, subscribers, services },
    { aliasDuplicateObjects: false },
  )
  visit(document, {
    Seq: (_, node) => {
      const isListOfWords = !node.items.some((item) => isMap(item) || isSeq(item))
      if (isListOfWords) node.flow = true
    },
    Map: (_, node) => {
      if (node.has('class')) node.flow = true
    },
  })
  document.commentBefore = [
    ` What ${code} offers, written by corelab from its catalogue. handler.mjs beside this file can replace any method.`,
    ' class: write changes something and takes an idempotency key, read and decide change nothing.',
    ' impl: flow is built in and does real work; none is declared only, until a handler answers for it.',
  ].join('\n')
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

function serviceOf(entity: Entity, operations: readonly Operation[]): object {
  const own = operations.filter((each) => each.entity === entity.name)
  return {
    interface: entity.interfaceName,
    entity: entity.name,
    kind: entity.kind,
    events: entity.events,
    methods: Object.fromEntries(own.map((each) => [each.method, methodOf(each)])),
  }
}

function methodOf(operation: Operation): object {
  const { idempotent, consumers, events, impl } = operation
  return { class: operation.class, idempotent, consumers, events, impl }
}
