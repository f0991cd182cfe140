import { realpathSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { detectMysql } from '../../components/mysql/installation.js'
import { detectRabbitmq, rabbitmqPrograms } from '../../components/rabbitmq/rabbitmq-component.js'
import { detectRedis } from '../../components/redis/redis-component.js'
import { toCorelabError } from '../../kit/errors.js'
import { engineTitles } from '../../model/database-engine.js'
import { findProgram, installCommand, isVersionAtLeast } from '../../sys/programs.js'
import type { CheckFamily, Finding } from './finding.js'
import { fail, failedBy, pass, warn } from './finding.js'

/** The server programs of the native runtime, each with its version, and the clients of `corelab connect`. */
export const checkPrograms: CheckFamily = async ({ database }) => [
  await server({ id: database.engine, title: `${engineTitles[database.engine]} server` }, () =>
    detectMysql(database),
  ),
  await server({ id: 'redis', title: 'Redis server' }, detectRedis),
  await server({ id: 'rabbitmq', title: 'RabbitMQ server' }, detectRabbitmq),
  await erlang(),
  client({ id: 'mariadb-client', title: 'MariaDB client' }, ['mariadb', 'mysql']),
  client({ id: 'redis-client', title: 'Redis client' }, ['redis-cli']),
]

async function server(
  named: Pick<Finding, 'id' | 'title'>,
  detect: () => Promise<{ readonly server: { readonly path: string; readonly version: string } }>,
): Promise<Finding> {
  try {
    const found = await detect()
    return pass(named, `${found.server.version}, ${found.server.path}`)
  } catch (thrown) {
    return failedBy(named, toCorelabError(thrown))
  }
}

/** Asking `erl` itself would start a virtual machine; its release is the name of a folder. */
async function erlang(): Promise<Finding> {
  const named = { id: 'erlang', title: 'Erlang' }
  const path = findProgram({ names: ['erl'] })
  const { versionMin } = rabbitmqPrograms.portMapper
  const mend = { fix: [`${installCommand()}   (as root)`] }
  if (path === null) {
    return fail(named, 'not found; RabbitMQ runs on it', { ...mend, code: 'PROGRAM_MISSING' })
  }
  const names = await readdir(join(dirname(realpathSync(path)), '..', 'releases')).catch(() => [])
  const version = names.find((name) => /^\d+$/.test(name))
  if (version === undefined) return warn(named, `of unknown version, ${path}`)
  return isVersionAtLeast(version, versionMin)
    ? pass(named, `${version}, ${path}`)
    : fail(named, `${version} is older than ${versionMin}`, { ...mend, code: 'PROGRAM_TOO_OLD' })
}

function client(named: Pick<Finding, 'id' | 'title'>, names: readonly string[]): Finding {
  const path = findProgram({ names })
  return path === null
    ? warn(named, 'not found; only `corelab connect` needs it', [`${installCommand()}   (as root)`])
    : pass(named, path)
}
