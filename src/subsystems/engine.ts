import { present } from '../kit/assert.js'
import { corelabError } from '../kit/errors.js'
import { findOperation } from '../model/catalogue.js'
import type { Operation, SubsystemCode } from '../model/subsystem.js'
import type { OperationHandler, ServiceCall, SubsystemPlatform } from '../platform/service-call.js'
import { builtInOperations } from './flows.js'
import { operationUnknown } from './operation-unknown.js'
import type { UserHandlers } from './user-handlers.js'

/** The engine behind the 21: finds what a call asks for, and carries it out with the subsystem's own rights. */
export interface Engine {
  /**
   * Throws OPERATION_UNKNOWN, OPERATION_NOT_BUILT, HANDLER_BROKEN, CALL_INVALID, a BusinessRefusal, and what the
   * operation throws.
   */
  call(call: ServiceCall): Promise<unknown>
  /** Where the answers of an operation come from. */
  sourceOf(operation: Operation): 'handler' | 'flow' | 'none'
  handlersOf(code: SubsystemCode): UserHandlers
}

/** What the host gives each subsystem; how to call others comes from the engine. */
export type PlatformOf = (code: SubsystemCode) => Omit<SubsystemPlatform, 'call'>

export function createEngine(input: {
  readonly handlers: ReadonlyMap<SubsystemCode, UserHandlers>
  readonly platformOf: PlatformOf
}): Engine {
  const handlersOf = (code: SubsystemCode) => present(input.handlers.get(code), `handlers of ${code}`)
  const platforms = new Map<SubsystemCode, SubsystemPlatform>()
  const platformOf = (code: SubsystemCode): SubsystemPlatform => {
    const platform = platforms.get(code) ?? { ...input.platformOf(code), call }
    platforms.set(code, platform)
    return platform
  }

  async function call(call: ServiceCall): Promise<unknown> {
    const operation = findOperation(call.interfaceName, call.method)
    if (!operation) throw operationUnknown(call.interfaceName, call.method)
    const handlers = handlersOf(operation.subsystem)
    if (handlers.problem) throw handlers.problem
    const handler = handlerOf(operation, handlers)
    if (!handler) throw notBuilt(operation)
    if (operation.idempotent === 'by-key' && call.context.idempotencyKey === null)
      throw corelabError('CALL_INVALID', {
        message: `header idempotency-key is missing: ${operation.method} changes something, and a repeat must be recognised`,
      })
    return handler(call, platformOf(operation.subsystem))
  }

  return {
    call,
    handlersOf,
    sourceOf(operation) {
      if (handlersOf(operation.subsystem).operations.has(nameOf(operation))) return 'handler'
      return nameOf(operation) in builtInOperations ? 'flow' : 'none'
    },
  }
}

function handlerOf(operation: Operation, handlers: UserHandlers): OperationHandler | null {
  const name = nameOf(operation)
  return handlers.operations.get(name) ?? builtInOperations[name] ?? null
}

function notBuilt(operation: Operation) {
  const folder = operation.subsystem.toLowerCase()
  const key = `${operation.interfaceName.split('.').at(-1)}/${operation.method}`
  return corelabError('OPERATION_NOT_BUILT', {
    message: `${nameOf(operation)} is declared in the contract, has no implementation in this version`,
    fix: [`provide '${key}' in subsystems/${folder}/handler.mjs`],
  })
}

function nameOf(operation: Operation): string {
  return `${operation.interfaceName}/${operation.method}`
}
