import { expect, test } from 'vitest'
import { writingTransactions } from '../../../src/clients/dialects/sessions.js'

const monitor = `
------------
TRANSACTIONS
------------
LIST OF TRANSACTIONS FOR EACH SESSION:
---TRANSACTION 421, not started
0 lock struct(s), heap size 1128, 0 row lock(s)
---TRANSACTION 2004, ACTIVE 12 sec
1 lock struct(s), heap size 1128, 0 row lock(s), undo log entries 1
MySQL thread id 13, OS thread handle 140521305986752, query id 394 127.0.0.1 corelab_workload
---TRANSACTION 2005, ACTIVE (PREPARED) 3 sec
2 lock struct(s), heap size 1128, 1 row lock(s), undo log entries 40
MariaDB thread id 14, OS thread handle 140579550897856, query id 393 127.0.0.1 pay_app Commit
COMMIT
---TRANSACTION 2006, ACTIVE 7 sec fetching rows
mysql tables in use 1, locked 1
5 lock struct(s), heap size 1128, 9 row lock(s)
MariaDB thread id 15, OS thread handle 140579550897857, query id 395 127.0.0.1 act_app Updating
UPDATE act.t SET v = 1
---TRANSACTION 2007, ACTIVE (PREPARED) 900 sec recovered trx
1 lock struct(s), heap size 1128, 0 row lock(s), undo log entries 1
--------
FILE I/O
--------
`

test('transactions that changed something are found with their session and age, also while they commit', () => {
  expect(writingTransactions(monitor)).toEqual([
    { threadId: 13, ageMs: 12_000 },
    { threadId: 14, ageMs: 3_000 },
  ])
})

test('a text without transactions has none', () => {
  expect(writingTransactions('')).toEqual([])
})
