import { join, resolve } from 'node:path'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { BenchNode } from '../../load/bench/bench-core.js'
import { runScenario } from '../../load/bench/run-scenario.js'
import type { RunWishes } from '../../load/bench/run-wishes.js'
import { refuseForeignHost } from '../../load/external/loopback.js'
import { type ExternalServers, withExternalCore } from '../../load/external/with-external-core.js'
import { nodeOption, readNodesOf } from '../../load/scenarios/database-options.js'
import type { Scenario } from '../../load/scenarios/scenario.js'
import type { Answer } from '../answer.js'
import type { PlaceFlags } from '../place.js'
import { benchAnswer } from './bench-answer.js'
import { type ChosenServer, type ChosenTarget, chooseTarget } from './chosen-target.js'
import { saveLeftRuns, withRunUnderWay } from './runs-under-way.js'
import { readPassword } from './target-password.js'
import { targetRehearsal } from './target-rehearsal.js'

export interface TargetFlags {
  readonly place: PlaceFlags
  readonly target: string
  readonly iOwnThisHost: boolean
  readonly dryRun: boolean
  readonly writesMax: number
  readonly report: string | null
}

/** Only these work with a database alone. */
const fit: ReadonlySet<string> = new Set(['db-read', 'db-write', 'db-mixed'])

/** Runs a scenario against database servers that somebody else runs, or says what that would do. */
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
  const target = await chooseTarget(flags.target, flags.place)
  const { servers } = target
  const nodes = { name: target.text, environment: null, databases: servers }
  readNodesOf(nodes, wishes.options.node ?? nodeOption.default)
  const there: RunWishes = { ...wishes, transport: transportOf(servers, wishes) }
  if (flags.dryRun) return targetRehearsal(scenario, there, target, flags)
  for (const server of servers) await refuseForeignHost(server, flags.iOwnThisHost)
  const external = await withPasswords(target)
  const { writesMax } = flags
  const shelf = resolve('corelab-bench')
  await saveLeftRuns(shelf, context)
  return withRunUnderWay(shelf, context, async (underWay) => {
    const result = await withExternalCore(external, { writesMax }, context, (core) =>
      runScenario(scenario, there, core, context, { underWay }),
    )
    const dir = flags.report === null ? join(shelf, result.id) : resolve(flags.report)
    return benchAnswer(result, { dir, env: null })
  })
}

/** All have sockets, or none has one. */
function transportOf(servers: readonly ChosenServer[], { transport }: RunWishes): RunWishes['transport'] {
  return servers.some(({ socketPath }) => socketPath === null) ? 'tcp' : transport
}

async function withPasswords({ text, servers, projectDir }: ChosenTarget): Promise<ExternalServers> {
  const nodeOf = async ({ password, ...server }: ChosenServer): Promise<BenchNode> => {
    return { ...server, password: await readPassword(password, { server: server.name, projectDir }) }
  }
  const [master, ...readers] = servers
  return { name: text, servers: [await nodeOf(master), ...(await Promise.all(readers.map(nodeOf)))] }
}
