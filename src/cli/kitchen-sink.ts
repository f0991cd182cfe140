import type { Context } from '../kit/context.js'
import { corelabError } from '../kit/errors.js'
import type { ComponentState, EventBody } from '../kit/events.js'

/** Shows every event in every state, for looking at the renderers with one's own eyes. */
export async function playKitchenSink(options: { readonly paceMs: number }, context: Context): Promise<void> {
  const { clock, emit, signal } = context
  for (const scene of scenes) {
    for (const event of scene) emit(event)
    await clock.sleep(options.paceMs, signal)
  }
}

const components = ['db-1', 'db-2', 'db-3', 'db-4', 'redis', 'rabbitmq', 'subsystems'] as const

const allTo = (state: ComponentState): EventBody[] =>
  components.map((component) => ({ kind: 'component.state', component, state }))

const one = (component: string, state: ComponentState, detail?: string): EventBody => ({
  kind: 'component.state',
  component,
  state,
  ...(detail === undefined ? {} : { detail }),
})

const loaded = (done: number, etaMs: number): EventBody => ({
  kind: 'step.progress',
  step: 'load.rows',
  done,
  total: 2_400_000,
  unit: 'rows',
  perSecond: 285_000,
  etaMs,
})

const waited = (elapsedMs: number): EventBody => ({
  kind: 'step.waiting',
  step: 'up.replication',
  waitingFor: 'db-3: replica caught up (lag 2 transactions)',
  elapsedMs,
  limitMs: 60_000,
})

const refused = corelabError('DATABASE_REFUSED', {
  message: 'db-1 refused a statement: Duplicate entry (1062)',
})
const stopped = corelabError('CANCELLED', { message: 'Cancelled' })

/** What happens together; between two scenes the viewer has time to look. */
const scenes: readonly (readonly EventBody[])[] = [
  [{ kind: 'step.started', step: 'up', title: 'Bring up the core' }, ...allTo('planned')],
  [
    { kind: 'step.started', step: 'up.data', title: 'Prepare data directories', parent: 'up' },
    ...allTo('preparing'),
  ],
  [
    { kind: 'step.done', step: 'up.data', durationMs: 640, summary: 'four copies, 0.6 GiB' },
    { kind: 'step.started', step: 'up.servers', title: 'Start servers', parent: 'up' },
    ...allTo('starting'),
  ],
  [one('db-1', 'ready'), one('db-2', 'ready'), one('redis', 'ready'), one('db-3', 'ready')],
  [
    one('db-4', 'ready'),
    { kind: 'step.started', step: 'up.replication', title: 'Wire replication', parent: 'up' },
    waited(400),
    {
      kind: 'topology',
      epoch: 1,
      master: 'db-1',
      reason: 'first start',
      roles: { 'db-1': 'master', 'db-2': 'shadow', 'db-3': 'slave-1', 'db-4': 'slave-2' },
    },
  ],
  [
    waited(3_400),
    { kind: 'warning', code: 'SLOW_DISK', message: 'fsync takes 18 ms here; expect slow writes' },
  ],
  [
    one('rabbitmq', 'ready'),
    one('subsystems', 'ready'),
    { kind: 'step.done', step: 'up.replication', durationMs: 4_100 },
    { kind: 'step.done', step: 'up.servers', durationMs: 7_900 },
    { kind: 'step.done', step: 'up', durationMs: 8_600, summary: '7 components usable' },
  ],
  [
    { kind: 'step.started', step: 'load', title: 'Load 100,000 customers' },
    { kind: 'step.started', step: 'load.rows', title: 'Write rows', parent: 'load' },
    loaded(310_000, 7_300),
  ],
  [loaded(1_250_000, 4_000)],
  [loaded(2_390_000, 100)],
  [
    { kind: 'step.done', step: 'load.rows', durationMs: 8_400 },
    { kind: 'step.done', step: 'load', durationMs: 8_500, summary: '2,400,000 rows, 285,000/s' },
    { kind: 'step.started', step: 'kill', title: 'Kill the master under load' },
    {
      kind: 'step.progress',
      step: 'kill',
      done: 48_210,
      total: null,
      unit: 'transfers acknowledged',
      perSecond: 3_120,
    },
  ],
  [one('db-1', 'failed', 'killed by the drill'), one('db-2', 'degraded', 'no acknowledger')],
  [
    {
      kind: 'topology',
      epoch: 2,
      master: 'db-2',
      reason: 'db-1 died',
      roles: { 'db-1': 'quarantined', 'db-2': 'master', 'db-3': 'slave-1', 'db-4': 'slave-2' },
    },
    one('db-1', 'quarantined'),
    one('db-2', 'ready'),
    one('db-4', 'stopping'),
  ],
  [
    one('db-4', 'stopped'),
    { kind: 'step.done', step: 'kill', durationMs: 6_200, summary: 'writes were back after 1.9 s' },
    { kind: 'step.started', step: 'check', title: 'Check that money was conserved' },
    { kind: 'step.started', step: 'measure', title: 'Measure reads' },
  ],
  [
    { kind: 'step.failed', step: 'check', durationMs: 310, error: refused.shape },
    { kind: 'step.failed', step: 'measure', durationMs: 290, error: stopped.shape },
    { kind: 'note', message: 'This is what a note looks like' },
  ],
]
