import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { corelabError } from '../../kit/errors.js'
import type { BenchGate, ComparedRatio, GateVerdict, RatioInterval } from '../../model/bench-comparison.js'
import { readJsonFile } from '../../sys/files.js'

/** All gates of a folder; none when there is no such folder, as in an installed package. Throws RESULT_INVALID. */
export async function readGates(folder: string): Promise<readonly BenchGate[]> {
  const names = await readdir(folder).catch(() => [])
  const files = names.filter((name) => name.endsWith('.json')).sort()
  const lists = await Promise.all(files.map((name) => readGateFile(join(folder, name))))
  return lists.flat()
}

/**
 * The gates of a comparison: those of its scenario, its peer and its number of connections. On a noisy host none is met or
 * missed: a side of many threads gets more of a contended processor than one of few, and turns do not cancel that.
 */
export function judgeGates(
  gates: readonly BenchGate[],
  comparison: {
    readonly scenario: string
    readonly against: string
    readonly connections: number
    readonly ratios: readonly ComparedRatio[]
    readonly noisy: boolean
  },
): readonly GateVerdict[] {
  const { scenario, against, connections, ratios } = comparison
  return gates
    .filter(
      (gate) => gate.scenario === scenario && gate.against === against && gate.connections === connections,
    )
    .map((gate) => {
      const ratio = ratios.find(({ measure }) => measure === gate.measure)?.withinRun ?? null
      return { gate, ratio, verdict: comparison.noisy ? 'open' : gateVerdict(gate, ratio) }
    })
}

/**
 * Met when the estimate reaches the limit; missed when even the favourable end of the interval does not; between the two
 * nobody knows, and more blocks would tell.
 */
export function gateVerdict(gate: BenchGate, ratio: RatioInterval | null): GateVerdict['verdict'] {
  if (ratio === null) return 'open'
  const { atLeast = 0, atMost = Number.POSITIVE_INFINITY } = gate
  if (ratio.estimate >= atLeast && ratio.estimate <= atMost) return 'met'
  return ratio.high < atLeast || ratio.low > atMost ? 'missed' : 'open'
}

async function readGateFile(path: string): Promise<readonly BenchGate[]> {
  const file = await readJsonFile<{ readonly schema?: unknown; readonly gates?: unknown }>(path)
  if (file?.schema === 'corelab/bench-gates@1' && Array.isArray(file.gates) && file.gates.every(isGate))
    return file.gates
  throw corelabError('RESULT_INVALID', {
    message: `${path} is no list of gates`,
    detail: 'Each gate has name, scenario, against, connections, measure, and atLeast or atMost.',
  })
}

function isGate(value: unknown): value is BenchGate {
  const gate = value as Partial<BenchGate> | null
  return (
    typeof gate?.name === 'string' &&
    typeof gate.scenario === 'string' &&
    typeof gate.against === 'string' &&
    typeof gate.connections === 'number' &&
    typeof gate.measure === 'string' &&
    (typeof gate.atLeast === 'number' || typeof gate.atMost === 'number')
  )
}
