import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkAcknowledgedWrites, resolveUnknown } from '../../../src/history/checkers/acknowledged-writes.js'
import {
  type ConservationFacts,
  checkConservation,
  type UsedAccount,
} from '../../../src/history/checkers/conservation.js'
import { checkConvergence } from '../../../src/history/checkers/convergence.js'
import {
  type BookedTransfer,
  checkIdempotency,
  type GsnEntries,
} from '../../../src/history/checkers/idempotency.js'
import { recordedTransfers } from '../../../src/history/recorded-transfers.js'
import type { CheckVerdict } from '../../../src/model/demo-result.js'
import type { HistoryEvent } from '../../../src/model/history-event.js'

/** A hand-made set of facts with the verdict that its folder names; each checker uses its part. Amounts are strings. */
interface Fixture {
  readonly name: string
  readonly checker: keyof typeof checkers
  readonly claim: string
  /** Part of the summary. */
  readonly expect?: string
  readonly history: readonly HistoryEvent[]
  readonly present: Readonly<Record<string, readonly string[]>>
  readonly facts: Amounts<Omit<ConservationFacts, 'used'>> & {
    readonly used: readonly Amounts<UsedAccount>[]
  }
  readonly transfers: readonly BookedTransfer[]
  readonly entriesByGsn: Readonly<Record<string, Amounts<GsnEntries>>>
  readonly position: string
  readonly nodes: readonly { node: string; caughtUp: boolean; checksums: Record<string, string | null> }[]
  readonly masterAfter: Readonly<Record<string, string | null>>
}

type Amounts<T> = { readonly [Field in keyof T]: T[Field] extends bigint ? string : T[Field] }

const checkers = {
  'acknowledged-writes': (fixture: Fixture) => checkAcknowledgedWrites(acknowledgedFacts(fixture)),

  conservation: ({ facts }: Fixture) =>
    checkConservation({
      ...facts,
      loadedTotal: BigInt(facts.loadedTotal),
      currentTotal: BigInt(facts.currentTotal),
      used: facts.used.map((account) => ({
        ...account,
        opening: BigInt(account.opening),
        balance: BigInt(account.balance),
        moved: BigInt(account.moved),
      })),
    }),

  idempotency: ({ history, transfers, entriesByGsn }: Fixture) =>
    checkIdempotency({
      node: 'db-2',
      recorded: recordedTransfers(history),
      transfers,
      entriesByGsn: new Map(
        Object.entries(entriesByGsn).map(([gsn, { entries, sum }]) => [gsn, { entries, sum: BigInt(sum) }]),
      ),
    }),

  convergence: ({ position, nodes, masterAfter }: Fixture) =>
    checkConvergence({
      position,
      nodes: nodes.map((node) => ({ ...node, checksums: new Map(Object.entries(node.checksums)) })),
      masterAfter: new Map(Object.entries(masterAfter)),
    }),
}

function acknowledgedFacts({ history, present }: Fixture) {
  return {
    recorded: recordedTransfers(history),
    present: Object.entries(present).map(([node, keys]) => ({ node, keys: new Set(keys) })),
  }
}

function fixturesIn(kind: string): Fixture[] {
  const dir = join('fixtures/histories', kind)
  return readdirSync(dir).map((file) => ({
    ...JSON.parse(readFileSync(join(dir, file), 'utf8')),
    name: file.replace('.json', ''),
  }))
}

const verdicts: [string, CheckVerdict['valid']][] = [
  ['good', true],
  ['bad', false],
  ['vacuous', 'unknown'],
]

describe.each(verdicts)('%s histories', (kind, valid) => {
  test.each(fixturesIn(kind))('$name: $claim', (fixture) => {
    const verdict = checkers[fixture.checker](fixture)

    expect(verdict.valid, verdict.summary).toBe(valid)
    if (fixture.expect) expect(verdict.summary).toContain(fixture.expect)
  })

  test('every checker is represented', () => {
    const represented = new Set(fixturesIn(kind).map(({ checker }) => checker))
    expect([...represented].sort()).toEqual(Object.keys(checkers).sort())
  })
})

test('unknown outcomes are resolved by what the master has', () => {
  const fixture = fixturesIn('good').find(({ name }) => name === 'acknowledged-writes-across-a-failover')!

  expect(resolveUnknown(acknowledgedFacts(fixture))).toEqual({ applied: 1, notApplied: 1 })
  expect(checkAcknowledgedWrites(acknowledgedFacts(fixture)).details).toMatchObject({
    acknowledged: 3,
    failed: 1,
    unknown: 2,
    acknowledgedBeforeFault: 2,
    acknowledgedAfterFault: 1,
  })
})

test('a thousand lost transfers are one readable sentence', () => {
  const keys = Array.from({ length: 1000 }, (_, index) => `k${index}`)
  const history = keys.flatMap((key, index): HistoryEvent[] => [
    { index: 2 * index, process: index, type: 'invoke', f: 'transfer', value: { key }, time: '0' },
    { index: 2 * index + 1, process: index, type: 'ok', f: 'transfer', value: { key }, time: '0' },
  ])

  const verdict = checkAcknowledgedWrites({
    recorded: recordedTransfers(history),
    present: [{ node: 'db-2', keys: new Set() }],
  })

  expect(verdict.valid).toBe(false)
  expect(verdict.summary).toBe('1,000 acknowledged transfers are missing on db-2 (k0, k1, k2, k3, k4, ...)')
})
