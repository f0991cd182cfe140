import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { present } from '../../kit/assert.js'
import { packageRoot } from '../../project/package-root.js'

/** An interval of what is not known: drawn uniformly, so low and high are its ends and not percentiles. */
export interface Range {
  readonly low: number
  readonly high: number
}

export type OperationKind = 'reads' | 'writes'

/** Published throughput by number of connections, on one host with the clients on it. */
export interface Curve {
  readonly id: string
  readonly study: string
  readonly kind: OperationKind
  readonly title: string
  readonly cores: number
  readonly threadsPerCore: number
  readonly points: readonly (readonly [connections: number, perSecond: number])[]
}

/** Published CPU per operation at one client, and at many on a larger host. */
export interface PublishedDemand {
  readonly id: string
  readonly study: string
  readonly kind: OperationKind
  readonly title: string
  readonly small: { readonly cores: number; readonly clients: number; readonly demandUs: number }
  readonly large: {
    readonly cores: number
    readonly clients: number
    readonly demandUs: number
    readonly perSecond: number
  }
}

/** A published peak that no prior is made of. */
export interface PublishedRecord {
  readonly id: string
  readonly kind: OperationKind
  readonly title: string
  readonly cores: number
  readonly threadsPerCore: number
  readonly cpuClass: string
  readonly perSecond: number
  readonly source: string
}

/** A core's speed relative to `xeon-cascade-lake`. Estimates. */
export interface CpuClass extends Range {
  readonly id: string
  readonly title: string
  /** Of the names of its CPUs. */
  readonly pattern: string
}

export interface Study {
  readonly id: string
  readonly title: string
  readonly conditions: string
  readonly smallCpuClass?: string
  readonly largeCpuClass?: string
}

export type RangeName =
  | 'smtGain'
  | 'utilisation'
  | 'remoteDemand'
  | 'groupShare'
  | 'fsyncUs'
  | 'roundTripUs'
  | 'readBytes'
  | 'writeBytes'
  | 'customerBytes'
  | 'linkShare'
  | 'applierShare'
  | 'applierCpu'
  | 'speedModel'
  | 'allCoresModel'

export interface PriorRange extends Range {
  /** `policy` is a rule somebody set, `estimate` has no measurement of ours behind it. */
  readonly basis: 'estimate' | 'policy'
  readonly source: string
}

/** All that a projection takes from others: data in `fixtures/projection/`, each with its source. */
export interface Priors {
  readonly studies: readonly Study[]
  readonly curves: readonly Curve[]
  readonly demands: readonly PublishedDemand[]
  readonly records: readonly PublishedRecord[]
  readonly cpuClasses: readonly CpuClass[]
  readonly ranges: Readonly<Record<RangeName, PriorRange>>
}

export async function readPriors(dir = join(packageRoot, 'fixtures', 'projection')): Promise<Priors> {
  const read = async (name: string) => JSON.parse(await readFile(join(dir, `${name}.json`), 'utf8'))
  const [studies, curves, demands, records, cpuClasses, ranges] = await Promise.all(
    ['studies', 'curves', 'demands', 'records', 'cpu-classes', 'ranges'].map(read),
  )
  return {
    studies: studies.studies,
    curves: curves.curves,
    demands: demands.demands,
    records: records.records,
    cpuClasses: cpuClasses.classes,
    ranges: ranges.ranges,
  }
}

/** The class that a CPU's name belongs to; the wide class `unknown` when no pattern fits. */
export function cpuClassOf(cpuModel: string, { cpuClasses }: Pick<Priors, 'cpuClasses'>): CpuClass {
  const named = cpuClasses.find(({ pattern }) => pattern !== '' && new RegExp(pattern).test(cpuModel))
  return named ?? cpuClassNamed('unknown', { cpuClasses })
}

export function cpuClassNamed(id: string, { cpuClasses }: Pick<Priors, 'cpuClasses'>): CpuClass {
  return present(
    cpuClasses.find((each) => each.id === id),
    `CPU class ${id}`,
  )
}
