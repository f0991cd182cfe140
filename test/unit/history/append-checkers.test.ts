import { describe, expect, test } from 'vitest'
import { checkAcknowledgedAppends } from '../../../src/history/checkers/acknowledged-appends.js'
import { checkEpochMonotonicity } from '../../../src/history/checkers/epoch-monotonicity.js'
import { checkNobodyAhead } from '../../../src/history/checkers/nobody-ahead.js'
import { checkOldMasterExtras, type ExtrasFact } from '../../../src/history/checkers/old-master-extras.js'
import { recordedAppends } from '../../../src/history/recorded-appends.js'
import { recordedEpochs } from '../../../src/history/recorded-epochs.js'
import { UnknownFold } from '../../../src/history/resolved-unknowns.js'
import type { CheckVerdict } from '../../../src/model/demo-result.js'
import type { HistoryEvent } from '../../../src/model/history-event.js'

/**
 * A history in short: `invoke 0 1/4` is process 0 appending row 4 of client 1; `ok 0 1/4 e2 s12` its OK in epoch 2 by
 * server 12, `+again` an OK for a row that was there; `invoke 9 read`, `ok 9 read e2 s12`; `fault`. One event per ms.
 */
function historyOf(text: string): HistoryEvent[] {
  const lines = text.trim().split(/\s*;\s*|\s*\n\s*/)
  return lines.map((line, index): HistoryEvent => {
    const time = `${(index + 1) * 1_000_000}`
    const [type = '', process = '', what = '', ...rest] = line.trim().split(/\s+/)
    if (type === 'fault') return { index, process: 'nemesis', type: 'info', f: 'fault', value: {}, time }
    const place = {
      ...(rest[0] ? { epoch: Number(rest[0].slice(1)), server: Number(rest[1]?.slice(1)) } : {}),
      ...(type === 'ok' && what !== 'read' ? { replayed: rest.includes('+again') } : {}),
    }
    const [client, n] = what.split('/').map(Number)
    const value = what === 'read' ? place : { client, n, ...place }
    const f = what === 'read' ? 'read' : 'append'
    return { index, process: Number(process), type: type as HistoryEvent['type'], f, value, time }
  })
}

/** `1/0 1/1` as the rows of a node. */
function nodeWith(node: string, rows: string) {
  const byClient = new Map<number, Uint8Array>()
  for (const row of rows.split(' ').filter(Boolean)) {
    const [client = 0, n = 0] = row.split('/').map(Number)
    const known = byClient.get(client) ?? new Uint8Array(16)
    known[n] = 1
    byClient.set(client, known)
  }
  return { node, byClient }
}

const acrossFailover = `
  invoke 0 1/0; ok 0 1/0 e1 s1; fault
  invoke 0 1/1; info 0 1/1; invoke 2 1/1; ok 2 1/1 e2 s12 +again
  invoke 2 1/2; fail 2 1/2; invoke 2 1/3; info 2 1/3; invoke 3 1/4; ok 3 1/4 e2 s12`

const appendCases: [
  verdict: CheckVerdict['valid'],
  claim: string,
  history: string,
  nodes: string[],
  says: string,
][] = [
  [
    true,
    'across a failover, with a row found again',
    acrossFailover,
    ['1/0 1/1 1/4', '1/0 1/1 1/4'],
    'all 3',
  ],
  [
    true,
    'an unknown row that is on all nodes',
    acrossFailover,
    ['1/0 1/1 1/3 1/4', '1/0 1/1 1/3 1/4'],
    'all 3',
  ],
  [
    false,
    'an acknowledged row is lost',
    acrossFailover,
    ['1/0 1/1', '1/0 1/1 1/4'],
    '1 acknowledged appends are missing on db-1 (1/4)',
  ],
  [false, 'a row acknowledged at the second call is lost', acrossFailover, ['1/0 1/4', '1/0 1/4'], '(1/1)'],
  [false, 'a replica lacks a row', acrossFailover, ['1/0 1/1 1/4', '1/0 1/1'], 'missing on db-2 (1/4)'],
  [
    false,
    'a row that was refused is there',
    acrossFailover,
    ['1/0 1/1 1/2 1/4', '1/0 1/1 1/2 1/4'],
    'reported as failed are on db-1 (1/2)',
  ],
  [
    false,
    'a row that nobody appended',
    acrossFailover,
    ['1/0 1/1 1/4 1/9', '1/0 1/1 1/4 1/9'],
    'made by nobody (1/9)',
  ],
  [
    false,
    'a row of a client that never was',
    acrossFailover,
    ['1/0 1/1 1/4 7/0', '1/0 1/1 1/4 7/0'],
    'made by nobody (7/0)',
  ],
  [
    false,
    'an unknown row on one node only',
    acrossFailover,
    ['1/0 1/1 1/3 1/4', '1/0 1/1 1/4'],
    'on some nodes only (1/3)',
  ],
  [
    'unknown',
    'nothing after the fault',
    'invoke 0 1/0; ok 0 1/0 e1 s1; fault; invoke 0 1/1',
    ['1/0', '1/0'],
    'after the fault',
  ],
  [
    'unknown',
    'nothing before the fault',
    'fault; invoke 0 1/0; ok 0 1/0 e1 s1',
    ['1/0', '1/0'],
    'before the fault',
  ],
  ['unknown', 'nothing acknowledged', 'invoke 0 1/0; fail 0 1/0', ['', ''], 'no append was acknowledged'],
  ['unknown', 'no node', 'invoke 0 1/0; ok 0 1/0 e1 s1', [], 'no node was looked at'],
]

describe('the ledger of appends', () => {
  test.each(appendCases)('%s: %s', (valid, _claim, history, nodes, says) => {
    const recorded = recordedAppends(historyOf(history))
    const present = nodes.map((rows, index) => nodeWith(`db-${index + 1}`, rows))

    const verdict = checkAcknowledgedAppends({ recorded, present })

    expect(verdict.valid, verdict.summary).toBe(valid)
    expect(verdict.summary).toContain(says)
  })

  test('a call that never ended is unknown, and what is known better stays', () => {
    const recorded = recordedAppends(historyOf('invoke 0 1/0; invoke 1 1/1; ok 1 1/1 e1 s1; invoke 2 1/1'))

    expect(recorded).toMatchObject({ acknowledged: 1, failed: 0, unknown: 1 })
  })
})

const epochCases: [verdict: CheckVerdict['valid'], claim: string, history: string, says: string][] = [
  [
    true,
    'a change of epoch',
    'invoke 0 1/0; ok 0 1/0 e1 s1; invoke 0 1/1; ok 0 1/1 e2 s12',
    '2 answers in 2 epochs',
  ],
  [
    true,
    'a call made before the change may be answered late',
    'invoke 0 1/0; invoke 1 2/0; ok 1 2/0 e2 s12; ok 0 1/0 e1 s1',
    'none of an epoch that was over',
  ],
  [
    false,
    'an append answered in an epoch that was over',
    'invoke 1 2/0; ok 1 2/0 e2 s12; invoke 0 1/0; ok 0 1/0 e1 s1',
    'append by server 1 in epoch 1 after 2',
  ],
  [
    false,
    'a read answered by an old master',
    'invoke 1 2/0; ok 1 2/0 e2 s12; invoke 9 read; ok 9 read e1 s1',
    'read by server 1 in epoch 1 after 2',
  ],
  [
    false,
    'two servers in one epoch',
    'invoke 0 1/0; ok 0 1/0 e2 s1; invoke 0 1/1; ok 0 1/1 e2 s12',
    'more than one server (2: 1 and 12)',
  ],
  ['unknown', 'no answer', 'invoke 0 1/0; fail 0 1/0', 'no answer told its epoch'],
]

describe('epochs', () => {
  test.each(epochCases)('%s: %s', (valid, _claim, history, says) => {
    const verdict = checkEpochMonotonicity(recordedEpochs(historyOf(history)))

    expect(verdict.valid, verdict.summary).toBe(valid)
    expect(verdict.summary).toContain(says)
  })

  test('fewer epochs than there had to be decide nothing', () => {
    const recorded = recordedEpochs(historyOf('invoke 0 1/0; ok 0 1/0 e1 s1'))

    expect(checkEpochMonotonicity(recorded, { epochsMin: 2 }).valid).toBe('unknown')
  })

  test('the first and the last OK of each epoch are known', () => {
    const { epochs } = recordedEpochs(
      historyOf(
        'invoke 0 1/0; ok 0 1/0 e1 s1; invoke 0 1/1; ok 0 1/1 e1 s1; invoke 9 read; ok 9 read e2 s12',
      ),
    )

    expect(epochs).toEqual([
      { epoch: 1, servers: [1], acknowledged: 2, firstOkAtMs: 2, lastOkAtMs: 4 },
      { epoch: 2, servers: [12], acknowledged: 0, firstOkAtMs: null, lastOkAtMs: null },
    ])
  })
})

describe("old masters' extras", () => {
  const extra = (facts: Partial<ExtrasFact>): ExtrasFact => ({
    node: 'db-1',
    transactions: 3,
    acknowledgedAndGone: 0,
    unread: null,
    ...facts,
  })
  test.each<[CheckVerdict['valid'], string, readonly ExtrasFact[], boolean]>([
    [true, 'a tail that nobody was told OK', [extra({})], true],
    [true, 'no tail where none was needed', [extra({ transactions: 0 })], false],
    [false, 'an extra that was told OK', [extra({}), extra({ acknowledgedAndGone: 2 })], false],
    [
      false,
      'told OK, although another could not be read',
      [extra({ unread: 'x' }), extra({ acknowledgedAndGone: 1 })],
      false,
    ],
    ['unknown', 'a binlog that could not be read', [extra({ unread: 'gone' })], false],
    ['unknown', 'no tail where there had to be one', [extra({ transactions: 0 })], true],
  ])('%s: %s', (valid, _claim, extras, tail) => {
    expect(checkOldMasterExtras(extras, { tail }).valid).toBe(valid)
  })
})

describe('one history', () => {
  const master = { node: 'db-1', position: '0-1-9' }
  test.each<[CheckVerdict['valid'], readonly number[]]>([
    [true, [0, 0]],
    [false, [0, 2]],
    ['unknown', []],
  ])('%s with surpluses of %s', (valid, surpluses) => {
    const others = surpluses.map((ahead, index) => ({ node: `db-${index + 2}`, position: '0-1-11', ahead }))

    expect(checkNobodyAhead(master, others).valid).toBe(valid)
  })
})

describe('unknown outcomes', () => {
  test('are counted once by name, and told apart by what the next call found', () => {
    const fold = new UnknownFold()
    const history = `
      invoke 0 1/0; info 0 1/0; invoke 1 1/0; info 1 1/0; invoke 2 1/0; ok 2 1/0 e2 s2 +again
      invoke 2 1/1; info 2 1/1; invoke 3 1/1; ok 3 1/1 e2 s2
      invoke 3 1/2; ok 3 1/2 e2 s2; invoke 3 1/3`

    for (const event of historyOf(history)) fold.add(event)

    expect(fold.result()).toEqual({ met: 3, foundApplied: 1, appliedThen: 1 })
  })
})
