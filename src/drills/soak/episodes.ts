import { present } from '../../kit/assert.js'
import type { Random } from '../../kit/random.js'
import { seededRandom } from '../../kit/random.js'
import type { SingleStep } from '../../model/drill.js'
import { awayFromMaster, failover, masterToTheRest, silence, writesAgain } from '../catalogue/blocks.js'

/** Something that goes wrong and comes to its end, before the next thing goes wrong. */
export interface Episode {
  readonly name: string
  readonly steps: readonly SingleStep[]
}

/** Names and steps of what may happen; lengths are drawn. How often each is drawn: its weight. */
const kinds: readonly {
  readonly name: string
  readonly weight: number
  readonly steps: (random: Random) => readonly SingleStep[]
}[] = [
  { name: 'kill-master', weight: 4, steps: () => [kill('master'), failover] },
  {
    name: 'freeze-master',
    weight: 2,
    steps: () => [{ do: 'signal', signal: 'SIGSTOP', to: ['master'] }, failover],
  },
  { name: 'kill-acker', weight: 2, steps: () => [kill('qlink'), writesAgain] },
  { name: 'kill-shadow', weight: 2, steps: () => [kill('shadow'), writesAgain] },
  { name: 'kill-slave', weight: 1, steps: () => [kill('slave-2'), writesAgain] },
  { name: 'kill-keeper', weight: 2, steps: () => [kill('keeper'), { do: 'start-core' }, writesAgain] },
  {
    name: 'acker-and-master',
    weight: 1,
    steps: () => [{ do: 'signal', signal: 'SIGKILL', to: ['qlink', 'master'] }, failover],
  },
  {
    name: 'switchover',
    weight: 3,
    steps: () => [{ do: 'switchover', expect: 'done' }, writesAgain],
  },
  {
    name: 'partition-master',
    weight: 2,
    steps: (random) => [
      {
        do: 'network',
        title: 'the master is cut off from everybody but its clients',
        edges: masterToTheRest,
        forward: { blocked: 'drop' },
        backward: { blocked: 'drop' },
      },
      failover,
      run(random, 500, 3000),
      { do: 'heal' },
      writesAgain,
    ],
  },
  {
    name: 'unacknowledged-tail',
    weight: 2,
    steps: () => [
      {
        do: 'network',
        title: 'what the master writes arrives nowhere',
        edges: awayFromMaster,
        backward: { blocked: 'stall' },
      },
      silence,
      kill('master'),
      failover,
      { do: 'heal' },
    ],
  },
  {
    name: 'monitor-blind',
    weight: 1,
    steps: (random) => [
      {
        do: 'network',
        title: 'the keeper is cut off from the master',
        edges: [{ from: 'keeper', to: 'master' }],
        forward: { blocked: 'drop' },
        backward: { blocked: 'drop' },
      },
      run(random, 2000, 6000),
      { do: 'heal' },
      writesAgain,
    ],
  },
  {
    name: 'slow-acker',
    weight: 1,
    steps: (random) => [
      {
        do: 'network',
        title: 'acknowledgements are slow',
        edges: [{ from: 'qlink', to: 'master' }],
        backward: { delay: { delayMs: 20 + random.below(60), jitterMs: 15 } },
      },
      run(random, 2000, 5000),
      { do: 'heal' },
      writesAgain,
    ],
  },
  {
    name: 'cut-commits',
    weight: 1,
    steps: (random) => [
      {
        do: 'network',
        title: 'commits arrive, their answers do not',
        edges: [{ from: 'clients', to: 'master' }],
        forward: { cutAtText: { text: 'COMMIT', deliver: true, times: 5 + random.below(20) } },
      },
      run(random, 1000, 2000),
      { do: 'heal' },
      writesAgain,
    ],
  },
  {
    name: 'freeze-acker',
    weight: 1,
    steps: (random) => [
      { do: 'signal', signal: 'SIGSTOP', to: ['qlink'] },
      run(random, 500, 2500),
      { do: 'signal', signal: 'SIGCONT', to: ['qlink'] },
      writesAgain,
    ],
  },
  {
    name: 'freeze-keeper',
    weight: 1,
    steps: (random) => [
      { do: 'signal', signal: 'SIGSTOP', to: ['keeper'] },
      run(random, 1000, 4000),
      { do: 'signal', signal: 'SIGCONT', to: ['keeper'] },
      writesAgain,
    ],
  },
]

/** Calm between two episodes. */
const calmMinMs = 1000
const calmMaxMs = 6000

/** The episodes of a soak, one after the other: the same seed gives the same ones, however long it lasts. */
export function soakEpisodes(seed: number): { next(): Episode } {
  const random = seededRandom(seed)
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0)
  return {
    next() {
      let drawn = random.below(total)
      const kind = kinds.find(({ weight }) => {
        drawn -= weight
        return drawn < 0
      })
      const { name, steps } = present(kind, 'kind of episode')
      return { name, steps: [run(random, calmMinMs, calmMaxMs), ...steps(random)] }
    },
  }
}

/** Every kind of episode there is, for whoever wants to know. */
export const episodeNames: readonly string[] = kinds.map(({ name }) => name)

function kill(target: 'master' | 'shadow' | 'slave-2' | 'qlink' | 'keeper'): SingleStep {
  return { do: 'signal', signal: 'SIGKILL', to: [target] }
}

function run(random: Random, fromMs: number, toMs: number): SingleStep {
  return { do: 'run', forMs: fromMs + random.below(toMs - fromMs), exact: true }
}
