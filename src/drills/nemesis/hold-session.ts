import type { SqlConnection } from '../../clients/mysql/connection.js'
import { mysqlErrno } from '../../clients/mysql/outcome.js'
import { corelabError, reasonOf } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import type { DrillNode, DrillStep } from '../../model/drill.js'
import { openSession } from '../run/ask-node.js'
import type { DrillRun } from '../run/drill-run.js'
import { endpointOf, nodeNow, topologyNow } from '../run/drill-run.js'

type SessionStep = Extract<DrillStep, { readonly do: 'session' }>

/** A lock may have to be waited for, behind the transactions that are open. */
const statementLimitMs = 20_000

/**
 * Runs statements on a node, in a session that may be kept with its locks. In a statement `{port:shadow}` is the port
 * of whoever is shadow now. Throws what the node answers.
 */
export async function holdSession(run: DrillRun, step: SessionStep): Promise<string> {
  const node = await nodeNow(run, step.on)
  const { epoch, master } = await topologyNow(run)
  run.epochAtFault = epoch
  if (step.keep && node === master) run.victims.push({ node, epoch, atMs: run.clock.nowMs() })
  const connection = await openSession(run, node, step.as, statementLimitMs)
  try {
    for (const statement of step.statements) await connection.query(await filledIn(run, statement))
  } catch (error) {
    connection.destroy()
    throw error
  }
  run.faults.begin(`session ${step.name}`, {
    title: `${step.title} on ${node}`,
    bit: true,
    evidence: `${formatCount(step.statements.length)} statements were carried out on ${node}`,
  })
  if (step.keep) run.sessions.set(step.name, connection)
  else {
    await connection.close()
    run.faults.end(`session ${step.name}`)
  }
  return `${step.title} on ${node}`
}

/** Ends a kept session; its node may be gone. */
export async function endSession(run: DrillRun, name: string): Promise<string> {
  run.sessions.get(name)?.destroy()
  run.sessions.delete(name)
  run.faults.end(`session ${name}`)
  return 'ended'
}

/** More than any profile allows. */
const connectionsMax = 2000

/** Opens sessions on a node until it refuses one. Throws FAULT_WITHOUT_EFFECT when it never does. */
export async function exhaustConnections(run: DrillRun, on: DrillNode): Promise<string> {
  const node = await nodeNow(run, on)
  run.epochAtFault = (await topologyNow(run)).epoch
  const held: SqlConnection[] = []
  run.hoard = held
  while (held.length < connectionsMax) {
    try {
      held.push(await openSession(run, node, 'workload', 600_000))
    } catch (error) {
      if (mysqlErrno(error) !== tooManyConnections) throw error
      const evidence = `${formatCount(held.length)} sessions were opened, then ${node} said: ${reasonOf(error)}`
      run.faults.begin('connections used up', {
        title: `all connections of ${node} used up`,
        bit: held.length > 0,
        evidence,
      })
      return evidence
    }
  }
  throw corelabError('FAULT_WITHOUT_EFFECT', {
    message: `${node} took ${formatCount(connectionsMax)} sessions and refused none`,
  })
}

export async function giveConnectionsBack(run: DrillRun): Promise<string> {
  const held = run.hoard
  for (const connection of held) connection.destroy()
  run.hoard = []
  run.faults.end('connections used up')
  return `${formatCount(held.length)} sessions ended`
}

/** Lets go of everything that steps have kept, whatever became of the run. */
export function releaseAll(run: DrillRun): void {
  for (const connection of run.sessions.values()) connection.destroy()
  run.sessions.clear()
  for (const connection of run.hoard) connection.destroy()
  run.hoard = []
}

const tooManyConnections = 1040

async function filledIn(run: DrillRun, statement: string): Promise<string> {
  const match = /\{port:([a-z0-9-]+)\}/.exec(statement)
  if (!match) return statement
  const node = await nodeNow(run, match[1] as DrillNode)
  return statement.replace(match[0], String(endpointOf(run, node).port))
}
