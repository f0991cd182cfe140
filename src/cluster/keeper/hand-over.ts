import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import { corelabError } from '../../kit/errors.js'
import { formatDuration } from '../../kit/units.js'
import type { NodeName } from '../../model/node.js'
import { awaitTrue, controlOf } from './replication-wiring.js'
import type { StepTools } from './step-tools.js'
import { strayOf } from './survey.js'

/** While routers hold back what begins, every moment counts. */
const statementLimitMs = 1000
/** Before that nobody waits: a host that is merely busy is no reason to refuse. */
const checkLimitMs = 5000
/** A transaction that is open for longer would not end within the pause that a switchover may take. */
const openTransactionAgeMsMax = 2000
const lagTransactionsMax = 5000
/** A candidate that is behind by more is given this long, and then taken as it is. */
const nearlyLevelTransactionsMax = 50
const nearlyLevelLimitMs = 2000
/** Those in flight when the routers began to hold get this long; who is later is refused, and goes to the new master. */
const inFlightLimitMs = 80
const levelLimitMs = 1500

const ours = { exceptUsers: Object.values(databaseAccounts).filter((user) => user !== 'corelab_workload') }

export interface HandOver {
  readonly oldMaster: NodeName
  readonly candidate: NodeName
}

/** Refuses a switchover that would not be short. Throws SWITCHOVER_REFUSED saying what is in the way. */
export async function checkCandidate(tools: StepTools, { oldMaster, candidate }: HandOver): Promise<void> {
  const { dialect } = tools
  const [master, replica, status] = await Promise.all([
    controlOf(tools, oldMaster).run(checkLimitMs, async (connection) => ({
      position: await dialect.position(connection),
      open: await dialect.openTransactions(connection, ours),
    })),
    controlOf(tools, candidate).run(checkLimitMs, async (connection) => ({
      position: await dialect.position(connection),
      replica: await dialect.replicaStatus(connection),
    })),
    tools.qlink.status(),
  ])
  if (!replica.replica?.receiving || !replica.replica.applying)
    throw refused(`${candidate} does not replicate: ${replica.replica?.lastError ?? 'it is stopped'}`)
  const lag = dialect.transactionsBetween({ behind: replica.position, ahead: master.position })
  if (lag > lagTransactionsMax) throw refused(`${candidate} lags by ${lag} transactions`)
  const stray = await strayOf(tools, { position: replica.position, oldMaster })
  if (stray !== null) throw refused(`${candidate}: ${stray}`)
  if (master.open.oldestAgeMs > openTransactionAgeMsMax)
    throw refused(`a transaction is open on ${oldMaster} for ${formatDuration(master.open.oldestAgeMs)}`)
  if (status.phase !== 'open' || status.link.state !== 'receiving')
    throw refused(`qlink does not receive from ${oldMaster}: ${status.link.error ?? status.phase}`)
  if (status.diskError !== null) throw refused(`qlink cannot write: ${status.diskError}`)
  if (status.throttled) throw refused(`qlink holds acknowledgements back, because the shadow lags`)
  await nearlyLevel(tools, { oldMaster, candidate })
}

/** While clients still write: what the candidate has to apply once they may not is time in which they wait. */
async function nearlyLevel(tools: StepTools, { oldMaster, candidate }: HandOver): Promise<void> {
  const { dialect } = tools
  const { clock } = tools.context
  const startedMs = clock.monotonicMs()
  const positionOf = (node: NodeName) =>
    controlOf(tools, node).run(checkLimitMs, (connection) => dialect.position(connection))
  await awaitTrue(tools, {
    what: `${candidate}: nearly everything of ${oldMaster} is applied`,
    limitMs: checkLimitMs,
    test: async () => {
      if (clock.monotonicMs() - startedMs > nearlyLevelLimitMs) return true
      const [ahead, behind] = await Promise.all([positionOf(oldMaster), positionOf(candidate)])
      return dialect.transactionsBetween({ behind, ahead }) <= nearlyLevelTransactionsMax
    },
  })
}

/** What is in flight ends, then nothing can begin any more, whoever holds a connection. */
export async function quiesce(tools: StepTools, oldMaster: NodeName): Promise<void> {
  const { clock } = tools.context
  const control = controlOf(tools, oldMaster)
  const startedMs = clock.monotonicMs()
  await awaitTrue(tools, {
    what: `${oldMaster}: transactions in flight`,
    limitMs: levelLimitMs,
    test: async () => {
      if (clock.monotonicMs() - startedMs > inFlightLimitMs) return true
      const open = await control.run(statementLimitMs, (connection) =>
        tools.dialect.openTransactions(connection, ours),
      )
      return open.count === 0
    },
  })
  await control.run(statementLimitMs, (connection) => tools.dialect.setReadOnly(connection, true))
}

/** Everything the old master has is in qlink's log and applied by the candidate, and nothing comes after it. */
export async function level(tools: StepTools, { oldMaster, candidate }: HandOver): Promise<void> {
  const { dialect } = tools
  const positionOf = () =>
    controlOf(tools, oldMaster).run(statementLimitMs, (connection) => dialect.position(connection))
  const position = await positionOf()
  await Promise.all([
    awaitTrue(tools, {
      what: `qlink: everything of ${oldMaster} is durable`,
      limitMs: levelLimitMs,
      pollMs: 3,
      test: async () => {
        const { durable } = await tools.qlink.status()
        return dialect.transactionsBetween({ behind: durable.gtid, ahead: position }) === 0
      },
    }),
    awaitTrue(tools, {
      what: `${candidate}: everything of ${oldMaster} is applied`,
      limitMs: levelLimitMs,
      test: () =>
        controlOf(tools, candidate).run(statementLimitMs, (connection) =>
          dialect.waitForPosition(connection, position, statementLimitMs / 2),
        ),
    }),
  ])
  const its = await controlOf(tools, candidate).run(statementLimitMs, (connection) =>
    dialect.position(connection),
  )
  if (!isAllOf(tools, { has: its, whole: position }))
    throw refused(`${candidate} has what ${oldMaster} does not have: it is at ${its}, not at ${position}`)
  const after = await positionOf()
  if (dialect.transactionsBetween({ behind: position, ahead: after }) > 0)
    throw refused(`${oldMaster} was written to although it is read-only`)
}

/**
 * Whether a node has nothing that is not in `whole`. As far is not enough: what somebody wrote on a replica has a place in
 * the sequence, too, and can have the very one of a transaction of the master.
 */
function isAllOf(
  { dialect }: Pick<StepTools, 'dialect'>,
  { has, whole }: { readonly has: string; readonly whole: string },
): boolean {
  const ends = dialect.lastGtidsOf(whole)
  const isLonger = dialect.transactionsBetween({ behind: whole, ahead: has }) > 0
  return !isLonger && dialect.lastGtidsOf(has).every((gtid) => ends.includes(gtid))
}

function refused(reason: string) {
  return corelabError('SWITCHOVER_REFUSED', { message: reason, fix: ['corelab status'] })
}
