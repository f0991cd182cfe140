import { corelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import { nodeNames } from '../../model/node.js'
import type { ReaderKind } from '../../model/topology.js'
import { readerKinds } from '../../model/topology.js'
import type { Outcome } from '../../protocol/keeper/state.js'
import type { StepKind } from '../../protocol/keeper/steps.js'
import { failoverSteps, switchoverSteps } from '../../protocol/keeper/steps.js'
import type { RejoinMode } from '../rejoin/rejoin-tools.js'
import { rejoinModes } from '../rejoin/rejoin-tools.js'
import type { KeeperRoutes } from './api.js'
import type { HoldPoint } from './hold-point.js'
import type { Keeper } from './keeper.js'

/** What a person, a drill or a command may wish of the keeper; each is answered when it is done or refused. */
export function wishRoutes(keeper: Keeper, hold: HoldPoint): KeeperRoutes {
  return {
    'POST /switchover': async (body) =>
      granted('SWITCHOVER_REFUSED', await keeper.switchover(nodeIn(body, 'to'))),
    'POST /failover': async (body) => {
      const reason = textIn(body, 'reason') ?? 'asked for by hand'
      const isForced = (body as { readonly acceptLoss?: unknown } | null)?.acceptLoss === true
      const outcome = isForced ? keeper.forceFailover(reason) : keeper.failover(reason)
      return granted('FAILOVER_REFUSED', await outcome)
    },
    'POST /reads': async (body) => granted('USAGE', await keeper.reads(readersIn(body))),
    'POST /rejoin': async (body) => keeper.returning.rejoinAs(requiredNode(body), modeIn(body)),
    'POST /verify': async () => keeper.verify(),
    'POST /hold': async (body) => hold.holdBefore(stepIn(body)),
    'POST /release': async () => hold.release(),
  }
}

function granted(code: 'SWITCHOVER_REFUSED' | 'FAILOVER_REFUSED' | 'USAGE', outcome: Outcome) {
  if (outcome.done) return { epoch: outcome.epoch, master: outcome.master }
  throw corelabError(code, {
    message: outcome.reason,
    fix: ['corelab status', 'corelab cluster history'],
  })
}

function textIn(body: unknown, field: string): string | null {
  const value = (body as Readonly<Record<string, unknown>> | null)?.[field]
  return typeof value === 'string' && value !== '' ? value : null
}

function nodeIn(body: unknown, field: string): NodeName | null {
  const text = textIn(body, field)
  if (text === null) return null
  const node = nodeNames.find((name) => name === text)
  if (node) return node
  throw corelabError('COMPONENT_UNKNOWN', {
    message: `There is no node ${text}; the nodes are ${nodeNames.join(', ')}`,
    fix: ['corelab status'],
  })
}

function requiredNode(body: unknown): NodeName {
  const node = nodeIn(body, 'node')
  if (node) return node
  throw corelabError('USAGE', {
    message: 'Which node? It is not said',
    fix: ['corelab cluster rejoin db-1'],
  })
}

function modeIn(body: unknown): RejoinMode {
  const text = textIn(body, 'mode') ?? 'default'
  const mode = rejoinModes.find((each) => each === text)
  if (mode) return mode
  throw corelabError('USAGE', {
    message: `There is no mode ${text}; the modes are ${rejoinModes.join(', ')}`,
    fix: ['corelab cluster rejoin --help'],
  })
}

function stepIn(body: unknown): StepKind {
  const text = textIn(body, 'step')
  const steps: readonly StepKind[] = [...new Set([...failoverSteps, ...switchoverSteps])]
  const step = steps.find((kind) => kind === text)
  if (step) return step
  throw corelabError('USAGE', {
    message: `There is no step ${text ?? ''}; the steps are ${steps.join(', ')}`,
    fix: ['corelab cluster --help'],
  })
}

function readersIn(body: unknown): readonly ReaderKind[] {
  const asked = (body as { readonly from?: unknown } | null)?.from
  const from = Array.isArray(asked) ? readerKinds.filter((kind) => asked.includes(kind)) : []
  if (from.length > 0 && Array.isArray(asked) && from.length === asked.length)
    return asked as readonly ReaderKind[]
  throw corelabError('USAGE', {
    message: `Reads come from one or more of ${readerKinds.join(', ')}`,
    fix: ['corelab cluster reads --from shadow,slaves'],
  })
}
