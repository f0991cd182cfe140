import type { KeeperEvent } from '../../protocol/keeper/state.js'
import { stepKeeper } from '../../protocol/keeper/step.js'
import type { Survey } from '../../protocol/keeper/steps.js'
import type { QlinkEffect } from '../../protocol/qlink/state.js'
import { stepQlink } from '../../protocol/qlink/step.js'
import { performStep } from '../processes/change-steps.js'
import type { PerformStep, StepKeeper } from '../processes/keeper-machine.js'
import type { StepQlink } from '../processes/qlink-process.js'
import { type Parts, soundParts } from './parts.js'
import { readmitUnproved } from './readmit-unproved.js'

/** A bug that can be planted, to see that the simulator finds it. */
export interface Plant {
  /** What is wrong, in a sentence. */
  readonly title: string
  readonly parts: Parts
}

const { traits } = soundParts

/** The exam: each of these must be found. None of them touches the machines: they are put around or in place of parts. */
export const plants = {
  'ack-before-fsync': {
    title: 'qlink acknowledges what it has received before it is synced',
    parts: { ...soundParts, stepQlink: acknowledgingTooEarly() },
  },
  'connect-counts-as-ack': {
    title:
      "qlink connects at the end of the leader's binlog, which counts as an acknowledgement of everything before",
    parts: {
      ...soundParts,
      stepQlink: connectingAtTheEnd(),
      traits: { ...traits, connectingAcknowledges: true },
    },
  },
  'seal-forgotten': {
    title: 'qlink forgets at a restart that the epoch was sealed',
    parts: { ...soundParts, stepQlink: forgettingTheSeal() },
  },
  'shorter-promoted': {
    title: 'the survivor with the shortest history becomes the master',
    parts: { ...soundParts, stepKeeper: preferringTheShortest() },
  },
  'second-acker': {
    title: 'replicas acknowledge, too',
    parts: { ...soundParts, traits: { ...traits, replicasAcknowledge: true } },
  },
  'epoch-reused': {
    title: 'the keeper gives the new master the epoch of the old one, and qlink takes it',
    parts: { ...soundParts, stepKeeper: reusingTheEpoch(), stepQlink: takingAnyEpoch() },
  },
  'open-before-drained': {
    title: 'the new master is opened before it has applied what it lacks',
    parts: { ...soundParts, performStep: skippingTheDrain() },
  },
  'timeout-fallback': {
    title: 'the master gives up waiting for an acknowledgement after a second',
    parts: { ...soundParts, traits: { ...traits, fallBackAfterUs: 1_000_000 } },
  },
  'old-master-with-tail': {
    title: 'an old master is started as it is and serves again, with what nobody had acknowledged',
    parts: { ...soundParts, rejoin: readmitUnproved },
  },
} as const satisfies Readonly<Record<string, Plant>>

function acknowledgingTooEarly(): StepQlink {
  return (state, event, limits) => {
    const step = stepQlink(state, event, limits)
    const mayAcknowledge = step.state.phase === 'open' && !step.state.sealing
    if (event.kind !== 'received' || !mayAcknowledge) return step
    const early: QlinkEffect = { kind: 'acknowledge', link: event.link, upTo: event.end }
    return { state: step.state, effects: [...step.effects, early] }
  }
}

/** Beyond every binlog: the leader takes it for its end. */
const endOfTheBinlog = '0-0-999999999'

function connectingAtTheEnd(): StepQlink {
  return (state, event, limits) => {
    const { state: after, effects } = stepQlink(state, event, limits)
    const misled = effects.map((effect) =>
      // The first connection of all begins at the beginning in any case.
      effect.kind === 'link' && effect.from !== '' ? { ...effect, from: endOfTheBinlog } : effect,
    )
    return { state: after, effects: misled }
  }
}

function forgettingTheSeal(): StepQlink {
  return (state, event, limits) =>
    stepQlink(
      state,
      event.kind === 'recovered' && event.phase === 'sealed' ? { ...event, phase: 'open' } : event,
      limits,
    )
}

function preferringTheShortest(): StepKeeper {
  return (state, event, limits) => stepKeeper(state, withShortestFirst(event), limits)
}

function withShortestFirst(event: KeeperEvent): KeeperEvent {
  if (event.kind !== 'step-done' || event.report.step !== 'survey') return event
  const { lacks, errant } = event.report.survey
  const most = Math.max(0, ...Object.values(lacks))
  const upsideDown: Survey = {
    lacks: Object.fromEntries(Object.entries(lacks).map(([node, lack]) => [node, most - lack])),
    errant,
  }
  return { ...event, report: { step: 'survey', survey: upsideDown } }
}

function reusingTheEpoch(): StepKeeper {
  return (state, event, limits) => {
    const step = stepKeeper(state, event, limits)
    const { workflow } = step.state
    const isSealed = event.kind === 'step-done' && event.report.step === 'seal'
    if (!isSealed || workflow === null || workflow.kind === 'reshape') return step
    const epoch = workflow.epoch - 1
    const effects = step.effects.map((effect) =>
      effect.kind === 'perform' && 'epoch' in effect.step
        ? { ...effect, step: { ...effect.step, epoch } }
        : effect,
    )
    return { state: { ...step.state, workflow: { ...workflow, epoch } }, effects }
  }
}

/** As if nobody had thought of a number that comes again. */
function takingAnyEpoch(): StepQlink {
  return (state, event, limits) =>
    event.kind === 'asked' && event.ask.kind === 'open' && state.phase === 'sealed'
      ? stepQlink({ ...state, epoch: Math.min(state.epoch, event.ask.epoch - 1) }, event, limits)
      : stepQlink(state, event, limits)
}

function skippingTheDrain(): PerformStep {
  return function* (tools, step) {
    if (step.kind === 'drain') return { step: 'drain' }
    return yield* performStep(tools, step)
  }
}
