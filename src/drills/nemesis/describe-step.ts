import { unreachable } from '../../kit/assert.js'
import { formatDuration } from '../../kit/units.js'
import type { Awaited, DrillEdge, DrillProcess, DrillStep } from '../../model/drill.js'

/** A step in words, for `describe`, for progress and for reports. Pure. */
export function describeStep(step: DrillStep): string {
  switch (step.do) {
    case 'run':
      return `Let the clients work for ${formatDuration(step.forMs)}`
    case 'signal':
      return `${signalWords[step.signal]} ${processes(step.to)}`
    case 'network':
      return `Break the network: ${step.title}`
    case 'connections':
      return `Connections ${step.edges.map(edgeName).join(', ')}: ${step.act}`
    case 'heal':
      return step.edges ? `Heal the network: ${step.edges.map(edgeName).join(', ')}` : 'Heal the network'
    case 'await':
      return `Wait until ${awaitedWords[step.what]}`
    case 'switchover':
      return step.expect === 'done' ? 'Switch over as planned' : 'Ask for a switchover that must be refused'
    case 'hold-keeper':
      return `Tell the keeper to stop before ${step.before}`
    case 'release-keeper':
      return 'Let the keeper go on'
    case 'pause-clients':
      return 'Let no client begin another write'
    case 'resume-clients':
      return 'Let the clients write again'
    case 'start-core':
      return 'Start what is missing, a new keeper above all'
    case 'rival-keeper':
      return 'Start a second keeper, and give qlink orders behind the back of the first'
    case 'fill-disk':
      return `Take away the disk space of ${step.of}`
    case 'free-disk':
      return `Give ${step.of} its disk space back`
    case 'session':
      return `${step.title} (${step.on})`
    case 'end-session':
      return `End the session "${step.name}"`
    case 'use-up-connections':
      return `Use up all connections of the ${step.on}`
    case 'give-connections-back':
      return 'Give the connections back'
    case 'loyal-clients':
      return `${step.clients} clients stay with the ${step.to}, whatever is published`
    case 'hasty-acker':
      return `Attach an acknowledger to the ${step.of} that keeps nothing`
    case 'promote-by-hand':
      return `Promote the ${step.node} without asking what it lacks`
    case 'write-marker':
      return `Write a row on the ${step.on} that nobody will acknowledge`
    case 'look-for-marker':
      return step.expect === 'there'
        ? `See that a reader of the ${step.on} sees the row`
        : `See that the row is gone from the ${step.on}`
    case 'repeat':
      return `${step.times} times: ${step.steps.map(describeStep).join('; ')}`
    default:
      return unreachable(step)
  }
}

const signalWords = {
  SIGKILL: 'Kill (SIGKILL)',
  SIGSTOP: 'Freeze (SIGSTOP)',
  SIGCONT: 'Thaw (SIGCONT)',
} as const

const awaitedWords: Readonly<Record<Awaited, string>> = {
  failover: 'a new master acknowledges writes',
  writes: 'clients get OKs again',
  silence: 'no client gets an OK any more',
  whole: 'all four nodes serve',
  'victim-gone': 'the old master is out of service',
  'keeper-held': 'the keeper stands there',
  throttling: 'qlink slows its acknowledgements down',
  'disk-error': 'qlink cannot write its log',
  'unacknowledged-tail': 'the master has written what qlink does not have',
}

function processes(targets: readonly DrillProcess[]): string {
  return targets
    .map((target) =>
      target === 'qlink' ? 'qlink' : target === 'victim' ? 'the old master' : `the ${target}`,
    )
    .join(' and ')
}

function edgeName({ from, to }: DrillEdge): string {
  return `${from} to ${to}`
}
