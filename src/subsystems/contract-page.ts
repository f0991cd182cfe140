import { eventsOf, operationsOf } from '../model/catalogue.js'
import type { Subsystem } from '../model/subsystem.js'
import type { Engine } from './engine.js'

/** `/contract/{CODE}`: what a subsystem offers, and where each answer comes from in this version. */
export function contractPage(subsystem: Subsystem, engine: Engine) {
  const { code, name, module, purpose, callers } = subsystem
  return {
    code,
    name,
    module,
    purpose,
    protocol: 'triple-http-json',
    version: '1.0.0',
    callers,
    operations: operationsOf(code).map((operation) => ({
      path: `/${operation.interfaceName}/${operation.method}`,
      entity: operation.entity,
      kind: operation.kind,
      class: operation.class,
      idempotent: operation.idempotent,
      consumers: operation.consumers,
      events: operation.events,
      implementation: engine.sourceOf(operation),
    })),
    events: eventsOf(code).map(({ topic, subscribers }) => ({ topic, subscribers })),
  }
}
