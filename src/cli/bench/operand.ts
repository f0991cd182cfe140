import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { corelabError } from '../../kit/errors.js'
import { driverNames, type RunWishes } from '../../load/bench/run-wishes.js'
import { readResult } from '../../load/compare/saved-runs.js'
import { findScenario } from '../../load/scenarios/catalogue.js'
import { optionsOf, type Scenario } from '../../load/scenarios/scenario.js'
import type { BenchResult } from '../../model/bench-result.js'

/** One side of a comparison as the user wrote it. */
export type Operand =
  | {
      readonly kind: 'scenario'
      readonly text: string
      readonly scenario: Scenario
      /** The words after the first comma; they are what sets this side apart. */
      readonly knobs: Readonly<Record<string, string>>
    }
  | { readonly kind: 'saved'; readonly text: string; readonly result: BenchResult }

/**
 * `db-read,node=master,driver=mysql2`, a folder or file of a saved run, or the id of one. Throws USAGE, RESULT_INVALID.
 */
export async function operandOf(text: string, reportsDir: string): Promise<Operand> {
  const saved = await savedPath(text, reportsDir)
  if (saved !== null) return { kind: 'saved', text, result: await readResult(saved) }
  const [name = '', ...words] = text.split(',')
  return { kind: 'scenario', text, scenario: findScenario(name), knobs: knobsOf(words) }
}

/** The wishes of all, with what this side has of its own. Throws USAGE. */
export function wishesOfOperand(
  operand: Extract<Operand, { kind: 'scenario' }>,
  wishes: RunWishes,
): RunWishes {
  const { driver, connections, transport, workers, ...options } = operand.knobs
  const own: RunWishes = {
    ...wishes,
    ...(driver === undefined ? {} : { driver: oneOf('driver', driver, driverNames) }),
    ...(transport === undefined
      ? {}
      : { transport: oneOf('transport', transport, ['unix-socket', 'tcp'] as const) }),
    ...(connections === undefined ? {} : { connections: numberOf('connections', connections) }),
    ...(workers === undefined ? {} : { workers: numberOf('workers', workers) }),
    options: { ...wishes.options, ...options },
  }
  return { ...own, options: optionsOf(operand.scenario, own) }
}

async function savedPath(text: string, reportsDir: string): Promise<string | null> {
  for (const path of [text, join(reportsDir, 'bench', text)]) {
    const found = await stat(path).catch(() => null)
    if (found?.isFile() || (found && (await stat(join(path, 'result.json')).catch(() => null)))) return path
  }
  if (!text.includes('/') && !text.endsWith('.json')) return null
  throw corelabError('RESULT_INVALID', {
    message: `There is no saved run at ${text}`,
    fix: ['corelab bench run db-read'],
  })
}

function knobsOf(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const [, name, value] = /^([a-z0-9-]+)=(.+)$/.exec(word) ?? []
      if (name !== undefined && value !== undefined) return [name, value]
      throw corelabError('USAGE', {
        message: `"${word}" does not set anything`,
        detail: 'The form is SCENARIO,name=value, e.g. db-read,node=master or db-read,driver=mysql2',
      })
    }),
  )
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value)
  if (found !== undefined) return found
  throw corelabError('USAGE', {
    message: `"${value}" is no ${name}`,
    detail: `Allowed: ${allowed.join(', ')}`,
  })
}

function numberOf(name: string, value: string): number {
  if (/^[1-9]\d{0,4}$/.test(value)) return Number(value)
  throw corelabError('USAGE', { message: `"${value}" is no number of ${name}` })
}
