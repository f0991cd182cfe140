import { join } from 'node:path'
import { pathsOf } from '../../cluster/environment-store.js'
import { keeperClient } from '../../cluster/keeper-client.js'
import { bringUp } from '../../cluster/up.js'
import { CorelabError, corelabError, isCancelled, reasonOf } from '../../kit/errors.js'
import type { DrillStep } from '../../model/drill.js'
import { nodeNames } from '../../model/node.js'
import { packageRoot } from '../../project/package-root.js'
import { keeperSocketOf } from '../../sys/keeper-socket.js'
import { endProcess, isAlive, spawnDetached } from '../../sys/processes.js'
import type { DrillRun } from '../run/drill-run.js'
import { endpointOf, topologyNow } from '../run/drill-run.js'
import { nestedIn } from '../stage/nested-events.js'
import { orderKeeper } from './keeper-orders.js'

type SwitchoverStep = Extract<DrillStep, { readonly do: 'switchover' }>

/** Asks for a planned change of master; where it has to be refused, being refused without a change is the claim. */
export async function switchOver(run: DrillRun, step: SwitchoverStep): Promise<string> {
  const before = await topologyNow(run)
  run.epochAtFault = before.epoch
  if (step.expect === 'done') {
    await carriedOut(run)
    const after = await topologyNow(run)
    return `${before.master ?? 'nobody'} handed over to ${after.master ?? 'nobody'}, epoch ${after.epoch}`
  }
  const refusal = await keeperOf(run)
    .switchover(null)
    .then(
      () => null,
      (error: unknown) => error,
    )
  const after = await topologyNow(run)
  const unchanged = after.epoch === before.epoch && after.master === before.master
  const code = refusal instanceof CorelabError ? refusal.code : null
  run.claims.push({
    name: 'unfit switchover is refused',
    valid: code === 'SWITCHOVER_REFUSED' && unchanged,
    summary:
      refusal === null
        ? `it was carried out: ${before.master} gave way to ${after.master}`
        : `${reasonOf(refusal)}; ${unchanged ? 'nothing changed' : 'but the roles changed'}`,
    details: { code, epochBefore: before.epoch, epochAfter: after.epoch, masterAfter: after.master },
  })
  return refusal === null ? 'carried out' : `refused: ${reasonOf(refusal)}`
}

/** A keeper may refuse while somebody answers late; one that refuses again and again does not do what it must. */
const triesMax = 4
const againAfterMs = 1000

async function carriedOut(run: DrillRun): Promise<void> {
  const { clock, signal } = run.context
  for (let tries = 1; ; tries++) {
    try {
      await keeperOf(run).switchover(null)
      return
    } catch (error) {
      if (!(error instanceof CorelabError) || error.code !== 'SWITCHOVER_REFUSED') throw error
      if (tries === triesMax)
        throw corelabError('DRILL_AWAITED_IN_VAIN', {
          message: `A planned switchover was refused ${triesMax} times: ${error.message}`,
          cause: error,
        })
      await clock.sleep(againAfterMs, signal)
    }
  }
}

/** The keeper will stop before that step until it is released or killed. */
export async function holdKeeper(run: DrillRun, before: string): Promise<string> {
  run.holdsFrom = (await run.record.read()).length
  await orderKeeper(run, '/hold', { step: before })
  return `will stop before ${before}`
}

/** Lets a keeper that holds go on; one that does not hold is not disturbed. */
export async function releaseKeeper(run: DrillRun): Promise<string> {
  await orderKeeper(run, '/release')
  return 'the keeper goes on'
}

/** Whether the keeper has come to the step that it was told to hold before. */
export function keeperHolds(run: DrillRun): () => Promise<boolean> {
  return async () =>
    (await run.record.read())
      .slice(run.holdsFrom ?? 0)
      .some((event) => event.kind === 'note' && event.message.startsWith('held before '))
}

/** Starts what is missing, a keeper above all; it adopts what runs and goes on where its predecessor was. */
export async function startCore(run: DrillRun): Promise<string> {
  await bringUp(
    { ...run.ref, profile: null, portBase: null, limitMs: null },
    nestedIn('schedule', run.context),
  )
  run.faults.endAll('killed keeper')
  const { epoch, master } = await topologyNow(run)
  return `epoch ${epoch}, ${master ?? 'nobody'} is master`
}

/** So long a rival is watched: longer than a keeper needs to take over. */
const rivalLimitMs = 4000

/**
 * Starts a second keeper beside the first, and asks qlink for what only the present keeper may have: a second epoch
 * beside the open one, and an order in the name of an earlier keeper. None of it may succeed.
 */
export async function rivalKeeper(run: DrillRun): Promise<string> {
  const before = await topologyNow(run)
  const paths = pathsOf(run.ref)
  const rival = await spawnDetached({
    command: process.execPath,
    args: [join(packageRoot, 'dist', 'cluster', 'keeper-main.js'), paths.dir],
    env: { NODE_ENV: 'production' },
    cwd: paths.dir,
    outputLog: paths.keeperLog,
  })
  const { clock, signal } = run.context
  run.faults.begin('rival keeper', {
    title: 'two keepers',
    bit: true,
    evidence: `a second keeper was started (pid ${rival.record.pid})`,
  })
  try {
    await clock.sleep(rivalLimitMs, signal)
    const waits = isAlive(rival.record)
    await claimQlinkRefuses(run, before.epoch)
    const after = await topologyNow(run)
    run.claims.push({
      name: 'a second keeper does not lead',
      valid: after.epoch === before.epoch && after.master === before.master,
      summary: `it ${waits ? 'waits' : 'ended by itself'}; epoch ${after.epoch}, ${after.master ?? 'nobody'} is master, as before`,
      details: { rivalWaits: waits, epochBefore: before.epoch, epochAfter: after.epoch },
    })
    return waits ? 'the rival waits' : 'the rival ended'
  } finally {
    await endProcess(rival.record, { signal: 'SIGKILL', graceMs: 1000, clock })
    run.faults.end('rival keeper')
  }
}

function keeperOf(run: DrillRun) {
  return keeperClient(keeperSocketOf(run.plan.socketDir))
}

async function claimQlinkRefuses(run: DrillRun, epoch: number): Promise<void> {
  const { qlink } = run
  if (!qlink) return
  const { term, leader } = await qlink.status()
  const other = nodeNames.find((name) => name !== leader?.node)
  if (!other) return
  const { host, port } = endpointOf(run, other)
  const order = { epoch: epoch + 1, leader: { node: other, host, port } }
  const answers = await Promise.all([
    answerOf(qlink.open({ ...order, term })),
    answerOf(qlink.open({ ...order, term: term - 1 })),
    answerOf(qlink.seal({ epoch: null, term: term - 1 })),
  ])
  const wanted = ['QLINK_REFUSED', 'QLINK_TERM_OLD', 'QLINK_TERM_OLD']
  const { phase } = await qlink.status()
  run.claims.push({
    name: 'qlink obeys one keeper, and one epoch',
    valid: phase === 'open' && answers.every((answer, index) => answer === wanted[index]),
    summary: `a second epoch beside the open one: ${answers[0]}; orders of an earlier keeper: ${answers[1]}, ${answers[2]}; its epoch is still ${phase}`,
    details: {
      secondEpoch: answers[0] ?? null,
      oldOpen: answers[1] ?? null,
      oldSeal: answers[2] ?? null,
      phase,
    },
  })
}

async function answerOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked
    return 'done'
  } catch (error) {
    if (isCancelled(error)) throw error
    return error instanceof CorelabError ? error.code : reasonOf(error)
  }
}
