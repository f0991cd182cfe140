import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Clock } from '../kit/clock.js'
import { type CorelabError, corelabError, reasonOf } from '../kit/errors.js'
import { nearest } from '../kit/nearest.js'
import { operationsOf } from '../model/catalogue.js'
import type { SubsystemCode } from '../model/subsystem.js'
import type { OperationHandler } from '../platform/service-call.js'
import { readTextFile } from '../sys/files.js'

/** What a project's handler file of one subsystem gives. */
export interface UserHandlers {
  /** By `interface/method` with the package. */
  readonly operations: ReadonlyMap<string, OperationHandler>
  /** HANDLER_BROKEN when the file cannot be used; the subsystem then takes no calls. */
  readonly problem: CorelabError | null
}

export const noHandlers: UserHandlers = Object.freeze({ operations: new Map(), problem: null })

/** A module that waits for something at its top level must not keep the host from starting. */
const importLimitMs = 5000

/** Loads `<project>/subsystems/<code>/handler.mjs`, or what the project names instead. No file, no overrides. */
export async function loadUserHandlers(file: {
  readonly code: SubsystemCode
  readonly projectDir: string
  readonly path: string
  readonly clock: Clock
}): Promise<UserHandlers> {
  const path = isAbsolute(file.path) ? file.path : join(file.projectDir, file.path)
  try {
    if ((await readTextFile(path)) === null) return noHandlers
    const exported = (await importWithin(path, file.clock)) as { readonly default?: unknown }
    return { operations: operationsIn(exported.default, file.code), problem: null }
  } catch (cause) {
    const problem = corelabError('HANDLER_BROKEN', {
      message: `${file.path} of ${file.code} cannot be used: ${reasonOf(cause)}`,
      detail: cause instanceof Error ? cause.stack : undefined,
      fix: [`mend ${path}`, 'corelab down', 'corelab up'],
      cause,
    })
    return { operations: new Map(), problem }
  }
}

async function importWithin(path: string, clock: Clock): Promise<unknown> {
  const timer = new AbortController()
  const late = clock.sleep(importLimitMs, timer.signal).then(() => {
    throw new TypeError(`it did not finish loading within ${importLimitMs} ms`)
  })
  try {
    return await Promise.race([import(pathToFileURL(path).href), late])
  } finally {
    timer.abort()
    late.catch(() => undefined)
  }
}

/** Throws TypeError, in words for the person who wrote the file. */
function operationsIn(exported: unknown, code: SubsystemCode): ReadonlyMap<string, OperationHandler> {
  if (typeof exported !== 'object' || exported === null)
    throw new TypeError('its default export must be an object of functions')
  const known = new Map(
    operationsOf(code).map(({ interfaceName, method }) => [
      `${interfaceName.split('.').at(-1)}/${method}`,
      `${interfaceName}/${method}`,
    ]),
  )
  const operations = new Map<string, OperationHandler>()
  for (const [key, value] of Object.entries(exported)) {
    const operation = known.get(key)
    if (operation === undefined) {
      const meant = nearest(key, known.keys())
      throw new TypeError(
        `${code} has no operation '${key}'${meant === null ? '' : `; did you mean '${meant}'?`}`,
      )
    }
    if (typeof value !== 'function') throw new TypeError(`'${key}' is not a function`)
    operations.set(operation, async (call, platform) => value(call, platform))
  }
  return operations
}
