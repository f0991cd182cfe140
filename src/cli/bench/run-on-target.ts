import { join, resolve } from 'node:path'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import { runScenario } from '../../load/bench/run-scenario.js'
import type { RunWishes } from '../../load/bench/run-wishes.js'
import { borrowedPrefix, grantStatement } from '../../load/external/borrowed-schema.js'
import { refuseForeignHost } from '../../load/external/loopback.js'
import { type ExternalTarget, parseTarget, withoutPassword } from '../../load/external/parse-target.js'
import { withExternalCore } from '../../load/external/with-external-core.js'
import type { Scenario } from '../../load/scenarios/scenario.js'
import type { Answer } from '../answer.js'
import { indented, labelled, wrapText } from '../render/layout.js'
import { benchAnswer } from './bench-answer.js'
import { saveLeftRuns, withRunUnderWay } from './runs-under-way.js'

export interface TargetFlags {
  readonly target: string
  readonly iOwnThisHost: boolean
  readonly dryRun: boolean
  readonly writesMax: number
  readonly report: string | null
}

/** Only these work with a database alone. */
const fit: ReadonlySet<string> = new Set(['db-read', 'db-write', 'db-mixed'])

/** Where the password of a target comes from when the address has none. */
const passwordVariable = 'CORELAB_TARGET_PASSWORD'

/** Runs a scenario against a database server that somebody else runs, or says what that would do. */
export async function runOnTarget(
  scenario: Scenario,
  wishes: RunWishes,
  flags: TargetFlags,
  context: Context,
): Promise<Answer> {
  if (!fit.has(scenario.name))
    throw corelabError('USAGE', {
      message: `${scenario.name} needs a whole core; a target is a database only`,
      detail: `Possible are ${[...fit].join(', ')}`,
    })
  const target = parseTarget(flags.target)
  const transport = target.socketPath === null ? 'tcp' : wishes.transport
  const there: RunWishes = { ...wishes, transport }
  if (flags.dryRun) return rehearsal(scenario, there, flags, target)
  await refuseForeignHost(target, flags.iOwnThisHost)
  const password = target.password ?? process.env[passwordVariable] ?? ''
  const { writesMax } = flags
  const shelf = resolve('corelab-bench')
  await saveLeftRuns(shelf, context)
  return withRunUnderWay(shelf, context, async (underWay) => {
    const result = await withExternalCore({ ...target, password }, { writesMax }, context, (core) =>
      runScenario(scenario, there, core, context, { underWay }),
    )
    const dir = flags.report === null ? join(shelf, result.id) : resolve(flags.report)
    return benchAnswer(result, { dir, env: null })
  })
}

function rehearsal(
  scenario: Scenario,
  wishes: RunWishes,
  flags: TargetFlags,
  target: ExternalTarget,
): Answer {
  const data = {
    dryRun: true,
    target: withoutPassword(flags.target),
    scenario: scenario.name,
    schema: `${borrowedPrefix}<8 digits>`,
    connections: wishes.connections,
    durationMs: wishes.warmUpMs + wishes.durationMs,
    writesMax: scenario.name === 'db-read' ? 0 : flags.writesMax,
    grant: grantStatement(target.user),
  }
  const writes =
    data.writesMax === 0 ? 'none but ten thousand rows of its own' : `at most ${formatCount(data.writesMax)}`
  const facts = labelled([
    ['Server', `${data.target}, by ${wishes.transport}`],
    ['Schema', `${data.schema}: made, filled with 10,000 rows, and dropped at the end`],
    ['Load', `${formatCount(data.connections)} clients for ${data.durationMs / 1000} s`],
    ['Writes', writes],
    ['Rights', data.grant],
    ['Password', `from the address, or from ${passwordVariable}`],
  ])
  return {
    data,
    lines: ({ width }) => [
      `Would run ${scenario.name}; nothing was done.`,
      '',
      ...indented(
        facts.flatMap((line) => {
          const [first = '', ...rest] = wrapText(line, width - 2)
          return [first, ...indented(rest, 10)]
        }),
        2,
      ),
    ],
  }
}
