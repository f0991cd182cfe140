import { LogHistogram } from '../../kit/log-histogram.js'
import type { ClassRecord, Outcomes, ScheduleRecord } from '../../model/bench-result.js'
import type { LoadPlan } from './load-plan.js'
import type { LoadRecord } from './load-record.js'
import type { ThreadCounts } from './thread-counts.js'

/** What is known of one thread; of one that died, its counts until then. */
export interface ThreadResult {
  classes: readonly string[]
  counts: ThreadCounts | null
  errors: readonly Readonly<Record<string, number>>[]
  counted: Readonly<Record<string, number>>
}

type Summed = Pick<
  LoadRecord,
  'classes' | 'latency' | 'serviceTime' | 'schedule' | 'total' | 'abandoned' | 'counted'
>

/** Adds up what the threads counted. */
export function recordOf(plan: LoadPlan, results: readonly ThreadResult[]): Summed {
  const threads = results.flatMap(({ counts }) => (counts ? [counts] : []))
  const names = results.find(({ counts }) => counts !== null)?.classes ?? []
  const classes = names.map((name, index) => classRecord(name, index, results))
  const open = plan.arrival.loop === 'open'
  return {
    classes,
    latency: merged(classes.map((each) => each.latency)),
    serviceTime: open ? merged(threads.map((counts) => counts.serviceTimes())) : null,
    schedule: open ? threads.map((counts) => counts.schedule()).reduce(addSchedules, noSchedule) : null,
    total: threads.map((counts) => counts.total()).reduce(addOutcomes, nothing),
    abandoned: threads.reduce((sum, counts) => sum + counts.underWay(), 0),
    counted: addRecords(results.map(({ counted }) => counted)),
  }
}

const nothing: Outcomes = { ok: 0, failed: 0, unknown: 0 }
const noSchedule: ScheduleRecord = { planned: 0, begun: 0, late: 0, skipped: 0, backlogMax: 0 }

function classRecord(name: string, index: number, results: readonly ThreadResult[]): ClassRecord {
  const threads = results.flatMap(({ counts }) => (counts ? [counts] : []))
  return {
    name,
    ...threads.map((counts) => counts.classOutcomes(index)).reduce(addOutcomes, nothing),
    latency: merged(threads.map((counts) => counts.classLatency(index))),
    errors: addRecords(results.map(({ errors }) => errors[index] ?? {})),
  }
}

function merged(all: readonly LoadRecord['latency'][]): LoadRecord['latency'] {
  return LogHistogram.of(...all).toData()
}

function addOutcomes(a: Outcomes, b: Outcomes): Outcomes {
  return { ok: a.ok + b.ok, failed: a.failed + b.failed, unknown: a.unknown + b.unknown }
}

/** Backlogs of threads exist at the same time. */
function addSchedules(a: ScheduleRecord, b: ScheduleRecord): ScheduleRecord {
  return {
    planned: a.planned + b.planned,
    begun: a.begun + b.begun,
    late: a.late + b.late,
    skipped: a.skipped + b.skipped,
    backlogMax: a.backlogMax + b.backlogMax,
  }
}

function addRecords(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {}
  for (const each of all)
    for (const [name, value] of Object.entries(each)) sum[name] = (sum[name] ?? 0) + value
  return sum
}
