import type { NetworkClient } from '../../cluster/network-client.js'
import { present } from '../../kit/assert.js'
import { corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import type { DrillEdge, DrillParty, DrillStep } from '../../model/drill.js'
import type { EdgePattern, EdgeReport } from '../../model/drill-fault.js'
import type { Party } from '../../model/network.js'
import { keepBinlog } from '../evidence/kept-binlog.js'
import type { DrillRun } from '../run/drill-run.js'
import { nodeNow, topologyNow } from '../run/drill-run.js'

type NetworkStep = Extract<DrillStep, { readonly do: 'network' }>
type ConnectionsStep = Extract<DrillStep, { readonly do: 'connections' }>
type HealStep = Extract<DrillStep, { readonly do: 'heal' }>

const keyPrefix = 'network '

/** Breaks edges; they stay broken until they are healed. Throws NETWORK_UNREACHABLE, DRILL_TARGET_MISSING. */
export async function breakNetwork(run: DrillRun, step: NetworkStep): Promise<string> {
  const network = networkOf(run)
  const edges = await resolveEdges(run, step.edges)
  const { epoch, master } = await topologyNow(run)
  run.epochAtFault = epoch
  if (master !== null && step.edges.some((edge) => edge.to === 'master'))
    run.victims.push({ node: master, epoch, atMs: run.clock.nowMs() })
  const { forward, backward, connect } = step
  const before = await network.edges()
  await network.order({
    edges,
    ...(forward === undefined ? {} : { forward }),
    ...(backward === undefined ? {} : { backward }),
    ...(connect === undefined ? {} : { connect }),
  })
  run.broken = [...run.broken, { key: `${keyPrefix}${step.title}`, edges, before: matching(before, edges) }]
  run.faults.begin(`${keyPrefix}${step.title}`, { title: step.title, bit: null, evidence: namesOf(edges) })
  return namesOf(edges)
}

/** Mends edges, all of them when none is named, and notes what the faults had hit. */
export async function healNetwork(run: DrillRun, step: HealStep): Promise<string> {
  const network = networkOf(run)
  const wanted = step.edges ? await resolveEdges(run, step.edges) : null
  const victim = run.victims.at(-1)
  // What it wrote on its own, before it can be brought back.
  if (victim && run.broken.length > 0) await keepBinlog(run, victim)
  const hit = await network.edges()
  await network.heal(wanted ?? undefined)
  const healed = run.broken.filter(({ edges }) => wanted === null || sameEdges(edges, wanted))
  run.broken = run.broken.filter((each) => !healed.includes(each))
  const texts = healed.map(({ key, edges, before }) => {
    const done = whatWasHit(before, matching(hit, edges))
    run.faults.end(key, { bit: done.any, evidence: `${namesOf(edges)}: ${done.text}` })
    return done.text
  })
  return texts.join('; ') || 'nothing was broken'
}

/** Does something once to the connections there are. */
export async function actOnConnections(run: DrillRun, step: ConnectionsStep): Promise<string> {
  const network = networkOf(run)
  const edges = await resolveEdges(run, step.edges)
  const open = matching(await network.edges(), edges).reduce((sum, edge) => sum + edge.counters.open, 0)
  const key = `${keyPrefix}${step.act}`
  const evidence = `${step.act} of ${formatCount(open)} connections (${namesOf(edges)})`
  run.faults.begin(key, { title: `connections: ${step.act}`, bit: open > 0, evidence })
  await network.act(edges, step.act)
  run.faults.end(key)
  return evidence
}

function networkOf(run: DrillRun): NetworkClient {
  if (run.network) return run.network
  throw corelabError('DRILL_NEED_UNMET', {
    message: 'This environment has no fault proxy, so its network cannot be broken',
    fix: ['corelab up --fault-proxy'],
  })
}

async function resolveEdges(run: DrillRun, edges: readonly DrillEdge[]): Promise<readonly EdgePattern[]> {
  return Promise.all(
    edges.map(async ({ from, to }) => ({
      from: await partyNow(run, from),
      to: to === '*' ? to : await nodeNow(run, to),
    })),
  )
}

async function partyNow(run: DrillRun, party: DrillParty): Promise<Party | '*'> {
  return party === '*' || party === 'keeper' || party === 'qlink' || party === 'clients'
    ? party
    : nodeNow(run, party)
}

function matching(reports: readonly EdgeReport[], patterns: readonly EdgePattern[]): readonly EdgeReport[] {
  return reports.filter((edge) =>
    patterns.some(({ from, to }) => (from === '*' || from === edge.from) && (to === '*' || to === edge.to)),
  )
}

function sameEdges(left: readonly EdgePattern[], right: readonly EdgePattern[]): boolean {
  return namesOf(left) === namesOf(right)
}

function namesOf(edges: readonly EdgePattern[]): string {
  return edges.map(({ from, to }) => `${from} to ${to}`).join(', ')
}

/** The difference of the counters: a fault that hit no byte and no connection has proved nothing. */
function whatWasHit(
  before: readonly EdgeReport[],
  after: readonly EdgeReport[],
): { readonly any: boolean; readonly text: string } {
  let bytes = 0
  let connections = 0
  after.forEach((edge, index) => {
    const then = present(before[index], 'edge').counters
    const now = edge.counters
    bytes += now.forward.bytesHit - then.forward.bytesHit + now.backward.bytesHit - then.backward.bytesHit
    connections += now.connectionsHeld - then.connectionsHeld + now.connectionsCut - then.connectionsCut
  })
  return {
    any: bytes + connections > 0,
    text: `${formatCount(bytes)} bytes and ${formatCount(connections)} connections were hit`,
  }
}
