import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MysqlTarget } from '../../clients/mysql/connection.js'
import { corelabError } from '../../kit/errors.js'
import { mix32, seededRandom } from '../../kit/random.js'
import { subTableOfAccount } from '../../model/sub-tables.js'
import { packageRoot } from '../../project/package-root.js'
import { AccountSampler, sampledPopulation } from '../account-sampler.js'
import { keyChooser } from '../engine/key-chooser.js'
import type { LoadPlan } from '../engine/load-plan.js'
import { type AccountReadParams, accountReadStatements } from '../workloads/account-read.js'
import type { KeyValueParams } from '../workloads/key-value.js'
import { kvRowCount, updateStatementOf } from '../workloads/kv-table.js'

/** The statements of a plan, values for them, and how to reach the servers, as files; answers sysbench's arguments. */
export async function writeSysbenchWork(plan: LoadPlan, folder: string): Promise<readonly string[]> {
  const work = workOf(plan)
  const path = (name: string) => join(folder, name)
  await writeFile(path('statements.sql'), `${work.statements.join('\n')}\n`)
  await writeFile(path('keys.tsv'), `${work.keys.map((key) => key.join('\t')).join('\n')}\n`)
  await writeFile(path('login.cnf'), loginOf(work.targets), { mode: 0o600 })
  return [
    join(packageRoot, 'templates', 'sysbench', 'corelab.lua'),
    `--config-file=${path('login.cnf')}`,
    '--db-driver=mysql',
    '--percentile=95',
    '--verbosity=3',
    `--statements=${path('statements.sql')}`,
    `--keys=${path('keys.tsv')}`,
    `--types=${work.types}`,
    `--keys_per_thread=${keysPerThread}`,
  ]
}

interface SysbenchWork {
  readonly statements: readonly string[]
  /** Number of the statement, from 1, and its values. */
  readonly keys: readonly (readonly (string | number)[])[]
  readonly types: string
  readonly targets: readonly MysqlTarget[]
}

/** Each thread of sysbench keeps its own, so that its memory stays small. */
const keysPerThread = 500

function workOf({ workload, seed, connections }: LoadPlan): SysbenchWork {
  const count = keysPerThread * Math.min(connections, 200)
  if (workload.name === 'account-read') {
    const { targets, population, access } = workload.params as AccountReadParams
    const shared = sampledPopulation(population)
    const sampler = new AccountSampler(shared, mix32(seed), (random) =>
      keyChooser(access, shared.count, random),
    )
    const keys = Array.from({ length: count }, () => {
      const { le, accountNo } = sampler.account()
      return [subTableOfAccount(accountNo) + 1, le, accountNo]
    })
    return { statements: accountReadStatements.map(({ sql }) => sql), keys, types: 'si', targets }
  }
  const params = workload.params as KeyValueParams
  if (workload.name === 'key-value' && params.statement === 'update') {
    const choose = keyChooser(params.access, kvRowCount, seededRandom(mix32(seed)))
    const keys = Array.from({ length: count }, () => [1, choose()])
    return { statements: [updateStatementOf(params.schema).sql], keys, types: 'i', targets: params.targets }
  }
  throw corelabError('PEER_UNSUITED', {
    message: `sysbench cannot do what the workload ${workload.name} does`,
    detail: 'It is compared for db-read of the population, and for db-write with statement=update.',
    fix: ['corelab bench compare db-read --against sysbench'],
  })
}

/** A file, because everybody on the host can read a command line. */
function loginOf(targets: readonly MysqlTarget[]): string {
  const [first] = targets
  if (!first) throw new Error('No target')
  const sockets = targets.flatMap((target) => ('socketPath' in target ? [target.socketPath] : []))
  const places = targets.flatMap((target) => ('port' in target ? [target] : []))
  const address =
    sockets.length > 0
      ? [`mysql-socket=${sockets.join(',')}`]
      : [
          `mysql-host=${places.map(({ host }) => host).join(',')}`,
          `mysql-port=${places.map(({ port }) => port).join(',')}`,
        ]
  return `${[...address, `mysql-user=${first.user}`, `mysql-password=${first.password}`, 'mysql-db='].join('\n')}\n`
}
