import { businessSchemas } from '../../components/mysql/accounts-sql.js'
import type { NodeAppends } from '../../history/checkers/acknowledged-appends.js'
import {
  checkAcknowledgedAppends,
  lostOn,
  resolveUnknownAppends,
} from '../../history/checkers/acknowledged-appends.js'
import type { NodeKeys } from '../../history/checkers/acknowledged-writes.js'
import { checkAcknowledgedWrites, resolveUnknown } from '../../history/checkers/acknowledged-writes.js'
import { checkConservation } from '../../history/checkers/conservation.js'
import { checkConvergence } from '../../history/checkers/convergence.js'
import { checkEpochMonotonicity } from '../../history/checkers/epoch-monotonicity.js'
import { checkIdempotency } from '../../history/checkers/idempotency.js'
import { checkNobodyAhead } from '../../history/checkers/nobody-ahead.js'
import { checkOldMasterExtras } from '../../history/checkers/old-master-extras.js'
import { collectAppends } from '../../history/collect/append-rows.js'
import { awaitCatchUp } from '../../history/collect/catch-up.js'
import { collectConservation } from '../../history/collect/conservation-facts.js'
import { collectConvergence } from '../../history/collect/convergence-facts.js'
import { collectIdempotency } from '../../history/collect/idempotency-facts.js'
import type { NodeSession } from '../../history/collect/node-session.js'
import { collectTransferKeys } from '../../history/collect/transfer-keys.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { asStep } from '../../kit/events.js'
import { stoppable } from '../../kit/stoppable.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import type { NodeAtEnd, OldMasterExtras, WriteLedger } from '../../model/drill-result.js'
import { openingBalances } from '../../population/opening-of.js'
import type { PopulationSpec } from '../../population/population.js'
import { oldMasterExtras } from '../evidence/old-master-extras.js'
import type { RunHistory } from '../evidence/read-run-history.js'
import type { DrillRun, Victim } from '../run/drill-run.js'
import { topologyNow } from '../run/drill-run.js'
import { endPositions, nodesAtEnd } from './final-facts.js'

export interface JudgeInput {
  readonly run: DrillRun
  readonly history: RunHistory
  readonly keyPrefix: string
  readonly population: PopulationSpec
  /** Sum of all opening balances, in minor units. */
  readonly loadedTotal: bigint
  /** The master first, then every other serving node. */
  readonly nodes: readonly NodeSession[]
  /** How long a replica may take to catch up. */
  readonly catchUpLimitMs: number
}

/** What the judgement found; filled in part by part, so that a part that fails loses nothing of the others. */
export interface Findings {
  readonly checks: CheckVerdict[]
  ledger: WriteLedger | null
  nodes: readonly NodeAtEnd[]
  extras: readonly OldMasterExtras[]
}

interface Held {
  readonly transfers: readonly NodeKeys[]
  readonly appends: readonly NodeAppends[]
}

/** Compares what the clients were told with what the nodes hold. Throws what the connections throw, and CANCELLED. */
export async function checkRun(input: JudgeInput, findings: Findings, context: Context): Promise<void> {
  const part = <T>(name: string, title: string, work: () => Promise<T>) =>
    asStep(context.emit, { step: `checks.${name}`, title }, context.clock, () =>
      stoppable(context.signal, work),
    )
  const { checks } = findings

  const held = await part('acknowledged', 'Look for every acknowledged write on every node', async () => {
    const { byNode } = await awaitCatchUp(input.nodes, input.catchUpLimitMs)
    // A replica that is late lacks what it has not applied yet; that it is late is said by the convergence.
    const found = await collectHeld({ ...input, nodes: input.nodes.filter(({ node }) => byNode.get(node)) })
    checks.push(
      checkAcknowledgedWrites({ recorded: input.history.transfers, present: found.transfers }),
      checkAcknowledgedAppends({ recorded: input.history.appends, present: found.appends }),
    )
    return found
  })
  const duplicated = await part('idempotency', 'Look for keys that moved money twice', async () => {
    const { node, connection } = masterOf(input)
    const recorded = input.history.transfers
    const verdict = checkIdempotency(await collectIdempotency(connection, { node, recorded }))
    checks.push(verdict)
    return Number(verdict.details.keysAppliedTwice ?? 0)
  })
  findings.ledger = ledgerOf(input, held, duplicated)
  await part('conservation', 'Add up all balances', async () => {
    const { node, connection } = masterOf(input)
    const openingOf = openingBalances(input.population)
    checks.push(
      checkConservation(
        await collectConservation({ connection, node, loadedTotal: input.loadedTotal, openingOf }),
      ),
    )
  })
  await part('convergence', 'Compare all tables of all nodes', () => checkNodes(input, findings))
  await part('epochs', 'See that no epoch came back', async () => {
    checks.push(checkEpochMonotonicity(input.history.epochs))
    const victims = await formerMasters(input.run)
    if (victims.length > 0) await checkExtras(input, victims, findings, held)
  })
}

async function collectHeld({ nodes, keyPrefix }: JudgeInput): Promise<Held> {
  const found = await Promise.all(
    nodes.map(async ({ node, connection }) => ({
      keys: { node, keys: await collectTransferKeys(connection, keyPrefix) },
      appends: { node, byClient: await collectAppends(connection) },
    })),
  )
  return { transfers: found.map(({ keys }) => keys), appends: found.map(({ appends }) => appends) }
}

async function checkNodes(input: JudgeInput, findings: Findings): Promise<void> {
  const schemas = [...businessSchemas, 'bench']
  const { catchUpLimitMs } = input
  const facts = await collectConvergence({ nodes: input.nodes, schemas, catchUpLimitMs })
  findings.checks.push(checkConvergence(facts))
  const positions = await endPositions(input.nodes)
  findings.nodes = nodesAtEnd(facts, positions, await topologyNow(input.run))
  const master = masterOf(input)
  const others = input.nodes.slice(1).map(({ node, dialect }) => {
    const position = positions.byNode.get(node) ?? ''
    return {
      node,
      position,
      ahead: dialect.transactionsBetween({ behind: positions.master, ahead: position }),
    }
  })
  findings.checks.push(checkNobodyAhead({ node: master.node, position: positions.master }, others))
}

/** Who was struck as master and is not one any more in the same epoch. */
async function formerMasters(run: DrillRun): Promise<readonly Victim[]> {
  const { epoch } = await topologyNow(run)
  const former = run.victims.filter((victim) => victim.epoch < epoch)
  // One that was struck twice in its epoch is one.
  return [...new Map(former.map((victim) => [`${victim.node} ${victim.epoch}`, victim])).values()]
}

async function checkExtras(
  input: JudgeInput,
  victims: readonly Victim[],
  findings: Findings,
  held: Held,
): Promise<void> {
  const question = {
    history: input.history,
    appends: present(held.appends[0], 'appends of the master'),
    transfers: present(held.transfers[0], 'transfers of the master'),
  }
  const extras: OldMasterExtras[] = []
  for (const victim of victims) extras.push(await oldMasterExtras(input.run, { ...question, victim }))
  findings.extras = extras
  findings.checks.push(checkOldMasterExtras(extras, { tail: input.run.drill.expects.extras === true }))
}

function ledgerOf({ history }: JudgeInput, held: Held, duplicated: number): WriteLedger {
  const { transfers, appends, unknowns } = history
  const onMaster = { transfers: held.transfers[0], appends: held.appends[0] }
  const missingKeys = [...transfers.acknowledged].filter((key) => !onMaster.transfers?.keys.has(key))
  const missingRows = onMaster.appends ? lostOn(appends, onMaster.appends).length : 0
  const atEnd = [
    resolveUnknown({ recorded: transfers, present: held.transfers }),
    resolveUnknownAppends({ recorded: appends, present: held.appends }),
  ]
  return {
    acknowledged: transfers.acknowledged.size + appends.acknowledged,
    failed: transfers.failed.size + appends.failed,
    lost: missingKeys.length + missingRows,
    duplicated,
    unknown: {
      foundApplied: unknowns.foundApplied,
      appliedThen: unknowns.appliedThen,
      appliedAtEnd: atEnd.reduce((sum, each) => sum + each.applied, 0),
      absentAtEnd: atEnd.reduce((sum, each) => sum + each.notApplied, 0),
    },
  }
}

function masterOf({ nodes }: JudgeInput): NodeSession {
  return present(nodes[0], 'master session')
}
