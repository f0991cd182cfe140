import { formatCount } from '../../kit/units.js'
import type { BenchCheck } from '../../model/bench-result.js'
import type { AckData, NumberRange, SessionAcks } from './ack-book.js'

/** The key under which an operation left its trace: unique to run, session and operation. */
export function operationKey(prefix: string, session: number, n: number): string {
  return `${prefix}${session.toString(36)}-${n.toString(36)}`
}

/** What was found on one node, as keys of {@link operationKey}. */
export interface FoundKeys {
  readonly where: string
  readonly keys: Iterable<string>
}

/**
 * No acknowledgement is lost: each acknowledged operation left its trace everywhere, none that was told to have failed is
 * anywhere, and nothing is there that nobody asked for. A thread without a book (null), or a run that acknowledged
 * nothing, proves nothing and is not valid.
 */
export function checkNothingLost(input: {
  readonly prefix: string
  /** By thread. */
  readonly books: readonly (AckData | null)[]
  readonly found: readonly FoundKeys[]
  /** What an operation is called, e.g. `transfers`. */
  readonly noun: string
}): BenchCheck {
  const { prefix, books, found, noun } = input
  const name = 'no acknowledgement lost'
  const deadThreads = books.filter((book) => book === null).length
  if (deadThreads > 0)
    return { name, valid: false, summary: `${deadThreads} threads died, and with them what they were told` }
  const sessions = books.flatMap((book) => book?.sessions ?? [])
  const states = new Map(sessions.map((session) => [session.session, statesOf(session)]))
  const acknowledged = countOf(states.values(), state.acknowledged)
  const violations = found.flatMap(({ where, keys }) => differences(states, { prefix, where, keys, noun }))
  if (violations.length > 0) return { name, valid: false, summary: violations.join('; ') }
  if (acknowledged === 0)
    return { name, valid: false, summary: `none of the ${noun} was acknowledged, so none could be lost` }
  const places = found.map(({ where }) => where).join(', ')
  const unknown = countOf(states.values(), state.unknown)
  const rest = unknown === 0 ? '' : `; of ${formatCount(unknown)} the outcome is unknown`
  return {
    name,
    valid: true,
    summary: `all ${formatCount(acknowledged)} acknowledged ${noun} are in ${places}${rest}`,
  }
}

const state = { acknowledged: 1, failed: 2, unknown: 3 } as const

/** By number; index 0 is nobody's. */
function statesOf({ begun, failed, unknown }: SessionAcks): Uint8Array {
  const states = new Uint8Array(begun + 1).fill(state.acknowledged, 1)
  const fill = (ranges: readonly NumberRange[], value: number) => {
    for (const [first, last] of ranges) states.fill(value, first, last + 1)
  }
  fill(failed, state.failed)
  fill(unknown, state.unknown)
  return states
}

function countOf(all: Iterable<Uint8Array>, wanted: number): number {
  let count = 0
  for (const states of all) for (const each of states) if (each === wanted) count++
  return count
}

function differences(
  states: ReadonlyMap<number, Uint8Array>,
  found: FoundKeys & { readonly prefix: string; readonly noun: string },
): string[] {
  const { prefix, where, keys, noun } = found
  const seen = new Map([...states].map(([session, each]) => [session, new Uint8Array(each.length)]))
  const ghosts: string[] = []
  const failed: string[] = []
  for (const key of keys) {
    const [session = Number.NaN, n = Number.NaN] = key
      .slice(prefix.length)
      .split('-')
      .map((part) => Number.parseInt(part, 36))
    const told = states.get(session)?.[n] ?? 0
    if (told === 0) ghosts.push(key)
    else if (told === state.failed) failed.push(key)
    const flags = seen.get(session)
    if (flags && n < flags.length) flags[n] = 1
  }
  const lost: string[] = []
  for (const [session, told] of states)
    for (let n = 1; n < told.length; n++)
      if (told[n] === state.acknowledged && seen.get(session)?.[n] !== 1)
        lost.push(operationKey(prefix, session, n))
  return [
    ...sentence(`acknowledged ${noun} are missing in ${where}`, lost),
    ...sentence(`${noun} that were told to have failed are in ${where}`, failed),
    ...sentence(`${noun} in ${where} were asked for by nobody`, ghosts),
  ]
}

const examplesMax = 3

/** `3 acknowledged orders are missing in db-1 (a, b, c)`; nothing for an empty list. */
export function sentence(what: string, examples: readonly string[]): string[] {
  if (examples.length === 0) return []
  const more = examples.length > examplesMax ? ', ...' : ''
  return [`${formatCount(examples.length)} ${what} (${examples.slice(0, examplesMax).join(', ')}${more})`]
}
