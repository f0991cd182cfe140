import { expect, test } from 'vitest'
import { chainAnswer } from '../../../src/cli/render/cluster/chain.js'
import { changeAnswer } from '../../../src/cli/render/cluster/change.js'
import { historyAnswer } from '../../../src/cli/render/cluster/history.js'
import { rejoinAnswer } from '../../../src/cli/render/cluster/rejoin.js'
import { verifyAnswer } from '../../../src/cli/render/cluster/verify.js'
import type { Change, ClusterHistory, StepHistory } from '../../../src/cluster/history-fold.js'
import type { RejoinOutcome } from '../../../src/cluster/rejoin/rejoin-tools.js'
import type { VerifyResult } from '../../../src/cluster/verify/verify-tools.js'
import type { NodeName } from '../../../src/model/node.js'
import { topologyOf } from '../../support/topologies.js'
import { usableStatus } from './samples.js'
import { plainScreen, widest } from './screens.js'

const node = (name: string) => name as NodeName
const step = (name: string, durationMs: number, change: Partial<StepHistory> = {}): StepHistory => ({
  name,
  attempts: 1,
  durationMs,
  outcome: 'done',
  note: null,
  ...change,
})
const change: Change = {
  kind: 'failover',
  reason: 'db-1 (master) is gone',
  startedAt: '2030-01-01T10:00:00.000Z',
  durationMs: 396,
  closedMs: 396,
  steps: [
    step('seal', 46),
    step('survey', 125),
    step('attach', 1070, { attempts: 2 }),
    step('repoint', 0, { outcome: 'open' }),
  ],
  refusals: ['no node is left that could take over'],
}
const history: ClusterHistory = {
  schema: 'corelab/history@1',
  epochs: [
    {
      epoch: 1,
      master: 'db-1',
      openedAt: '2030-01-01T09:00:00.000Z',
      closedAt: '2030-01-01T10:00:00.000Z',
      change: null,
      burnt: [],
      undone: [
        {
          ...change,
          kind: 'switchover',
          reason: 'db-2 lags by 9000 transactions',
          steps: [step('check', 12, { outcome: 'failed', note: 'db-2 lags by 9000 transactions' })],
          closedMs: null,
        },
      ],
      returns: [],
    },
    {
      epoch: 4,
      master: 'db-2',
      openedAt: '2030-01-01T10:00:00.396Z',
      closedAt: null,
      change,
      burnt: [2, 3],
      undone: [],
      returns: [
        {
          node: 'db-1',
          startedAt: '2030-01-01T10:00:01.000Z',
          durationMs: 626,
          outcome: 'done',
          note: 'db-1 serves as slave-2',
        },
      ],
    },
  ],
  underWay: null,
}

test('the history tells each epoch, what ended it, and how long each step took', () => {
  const lines = historyAnswer(history, { limit: 10, env: 'default' }).lines(plainScreen)

  expect(lines).toEqual([
    'Epoch 1  db-1  since 2030-01-01 09:00:00Z until 2030-01-01 10:00:00Z',
    '  taken back: switchover, db-2 lags by 9000 transactions',
    '  check 12 ms (failed)',
    '',
    'Epoch 4  db-2  since 2030-01-01 10:00:00Z  now',
    '  failover: db-1 (master) is gone, 396 ms without writes',
    '  seal 46 ms, survey 125 ms, attach 1.1 s (2 attempts), repoint (not ended)',
    '  refused at first: no node is left that could take over',
    '  used up on the way, never opened: 2, 3',
    '  db-1 came back (626 ms): db-1 serves as slave-2',
  ])
  expect(widest(lines)).toBeLessThanOrEqual(80)
})

test('a long history is cut from its beginning, and says so; a change that is stuck is told last', () => {
  const stuck = { ...history, underWay: change }
  const lines = historyAnswer(stuck, { limit: 1, env: 'default' }).lines(plainScreen)

  expect(lines[0]).toBe('1 earlier epochs are not shown (--limit 2 shows all)')
  expect(lines).toContain('Under way: failover since 2030-01-01 10:00:00Z')
  expect(historyAnswer({ ...history, epochs: [] }, { limit: 9, env: 'x' }).lines(plainScreen)).toEqual([
    'No change of master is recorded yet.',
  ])
})

test('a change of master tells who, in whose place, and for how long nobody could write', () => {
  const answer = changeAnswer({
    env: 'default',
    epoch: 4,
    master: node('db-2'),
    before: node('db-1'),
    change,
  })

  expect(answer.lines(plainScreen)[0]).toBe(
    'db-2 is master of epoch 4 in the place of db-1, after 396 ms without writes',
  )
  expect(answer.data).toEqual({ epoch: 4, master: 'db-2', before: 'db-1', change })
})

const held: RejoinOutcome = {
  schema: 'corelab/rejoin@1',
  node: node('db-1'),
  mode: 'default',
  state: 'held',
  role: 'quarantined',
  durationMs: 1234,
  takenBack: 1,
  reason: 'it has 1 transaction beyond 0-1-100, listed in /srv/bank/.corelab/default/extras/db-1-epoch4.json',
  extras: {
    schema: 'corelab/extras@1',
    node: node('db-1'),
    epoch: 4,
    foundAt: '2030-01-01T10:00:02.000Z',
    lastCommon: '0-1-100',
    transactions: [
      {
        gtid: '0-1-101',
        at: '2030-01-01T10:00:00.000Z',
        bytes: 330,
        tables: ['act.account_entry_03', 'act.settlement_account_03'],
        statements: [],
        reversible: true,
      },
      {
        gtid: '0-1-102',
        at: '2030-01-01T10:00:00.000Z',
        bytes: 120,
        tables: [],
        statements: ['CREATE TABLE act.never (id INT NOT NULL PRIMARY KEY, name VARCHAR(200))'],
        reversible: false,
      },
    ],
    files: {
      list: '/srv/bank/.corelab/default/extras/db-1-epoch4.json',
      binlog: '/srv/bank/.corelab/default/extras/db-1-epoch4.binlog',
      text: null,
    },
  },
  next: ['corelab cluster rejoin db-1 --mode reclone   (copies a slave)'],
}

test('a node that stays out says why, what it has too much, and what to do: exit 1', () => {
  const answer = rejoinAnswer(held, 'default')
  const lines = answer.lines(plainScreen)

  expect(answer.exit).toBe(1)
  expect(lines.slice(0, 2)).toEqual([
    'db-1: stays out of service   (1.2 s)',
    '  it has 1 transaction beyond 0-1-100, listed in',
  ])
  expect(lines).toContain('It had 2 beyond 0-1-100; 1 were taken back')
  expect(lines.join('\n')).toContain(
    '0-1-101  2030-01-01T10:00:00Z  330 B  act.account_entry_03, act.settlem',
  )
  expect(lines).toContain('Rows    no text: mariadb-binlog is not installed')
  expect(lines.at(-1)).toContain('corelab cluster rejoin db-1 --mode reclone')
})

test('a node that serves says so, with what it gave back: exit 0', () => {
  const answer = rejoinAnswer(
    { ...held, state: 'serving', role: 'slave-2', takenBack: 2, reason: null, next: [] },
    'default',
  )
  expect(answer.exit).toBe(0)
  expect(answer.lines(plainScreen)[0]).toBe('db-1: serves as slave-2   (1.2 s)')
  expect(answer.lines(plainScreen)).toContain('It had 2 beyond 0-1-100; they were taken back')
})

const equal: VerifyResult = {
  schema: 'corelab/verify@1',
  valid: true,
  epoch: 2,
  master: node('db-2'),
  position: '8056d7db-e6b6-11f1-b727-02fc00000001:1-89,807e39ab-e6b6-11f1-a208-02fc00000001:1-5685',
  nodes: [
    { node: node('db-2'), role: 'master', history: '', compared: true, pausedMs: 0 },
    { node: node('db-3'), role: 'slave-1', history: '', compared: true, pausedMs: 151 },
  ],
  checks: [
    { name: 'position', valid: true, summary: '2 nodes at 0-2-5', violations: [] },
    { name: 'tables', valid: true, summary: '55 tables, 2 rows, equal on every node', violations: [] },
  ],
  tables: 55,
  rows: 2,
  differences: [],
  durationMs: 1400,
}

test('equal nodes: one verdict, each node, each check, within 80 columns: exit 0', () => {
  const answer = verifyAnswer(equal, 'default')
  const lines = answer.lines(plainScreen)

  expect(answer.exit).toBe(0)
  expect(lines).toEqual([
    'All nodes are equal   (epoch 2, 1.4 s)',
    'Position 8056d7db-e6b6-11f1-b727-02fc00000001:1-89,',
    '         807e39ab-e6b6-11f1-a208-02fc00000001:1-5685',
    '',
    'NODE  ROLE     COMPARED  STOOD FOR',
    'db-2  master   yes               -',
    'db-3  slave-1  yes          151 ms',
    '',
    'ok    position  2 nodes at 0-2-5',
    'ok    tables    55 tables, 2 rows, equal on every node',
  ])
})

test('a difference is named with its table, its part and its keys, and how to mend it: exit 1', () => {
  const violation = 'act.settlement_account_07 on db-3: row E17, 1002003004 is changed'
  const answer = verifyAnswer(
    {
      ...equal,
      valid: false,
      position: '0-2-5',
      checks: [{ name: 'tables', valid: false, summary: violation, violations: [violation] }],
      differences: [
        {
          node: node('db-3'),
          table: 'act.settlement_account_07',
          kind: 'rows',
          range: { from: "'E17', 20000", to: null },
          rows: { master: 20_000, node: 20_000 },
          keys: [{ key: 'E17, 1002003004', kind: 'changed' }],
        },
      ],
    },
    'default',
  )
  const lines = answer.lines(plainScreen)

  expect(answer.exit).toBe(1)
  const wrapped = lines.findIndex((line) =>
    line.startsWith('DIFF  tables    act.settlement_account_07 on db-3'),
  )
  expect(
    lines
      .slice(wrapped, wrapped + 2)
      .join(' ')
      .replaceAll(/ +/g, ' '),
  ).toBe(`DIFF tables ${violation}`)
  expect(lines.join('\n')).toContain('db-3  act.settlement_account_07  rows  20000/20000  (E17, 100')
  expect(lines).toContain('  corelab cluster rejoin db-3 --mode reclone   (copies another slave)')
  expect(widest(lines)).toBeLessThanOrEqual(80)
})

test('the chain: who writes, who follows whom, and why it is so; without a master exit 1', () => {
  const topology = { ...topologyOf({ epoch: 4, order: [2, 1, 3, 4] }), reason: 'db-1 serves again as shadow' }
  const answer = chainAnswer({ ...usableStatus, epoch: 4, topology }, history)

  expect(answer.exit).toBe(0)
  expect(answer.lines(plainScreen).slice(0, 8)).toEqual([
    'Epoch 4: master db-2',
    'Last change: db-1 (master) is gone',
    '',
    'NODE  ROLE     FOLLOWS  SERVES    LAG',
    'db-2  master   -        yes         0',
    'db-1  shadow   db-2     yes',
    'db-3  slave-1  db-1     yes        12',
    'db-4  slave-2  db-1     yes     1,204',
  ])
  const closed = chainAnswer({ ...usableStatus, topology: { ...topology, master: null } }, history)
  expect(closed.exit).toBe(1)
  expect(closed.lines(plainScreen)[0]).toBe('Epoch 1: no master')
})
