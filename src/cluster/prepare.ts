import type { MysqlInstallation } from '../components/mysql/installation.js'
import { detectMysql } from '../components/mysql/installation.js'
import type { PrepareOptions } from '../components/mysql/prepared-data-dir.js'
import { prepareDataDir } from '../components/mysql/prepared-data-dir.js'
import { isoTime } from '../kit/clock.js'
import type { Context } from '../kit/context.js'
import { asStep } from '../kit/events.js'
import type { BootPlan } from '../model/boot-plan.js'
import type { EnvironmentRecord } from '../model/environment.js'
import type { Secrets } from '../model/secrets.js'
import { cacheDir } from '../sys/cache-dir.js'
import { readJsonFile } from '../sys/files.js'
import { databaseChoice } from './database-choice.js'
import type { EnvironmentRef } from './environment-store.js'
import { pathsOf, saveEnvironment } from './environment-store.js'
import { noteAppliedStatements, readSchemaSet } from './schema-set.js'

/** Writes what a keeper needs to start: record, secrets, plan, and the prepared data folder of the cache. */
export async function prepareEnvironment(
  ref: EnvironmentRef,
  prepared: { readonly plan: BootPlan; readonly secrets: Secrets },
  context: Context,
): Promise<void> {
  const { plan, secrets } = prepared
  await asStep(
    context.emit,
    { step: 'prepare', title: 'Prepare data folders and secrets' },
    context.clock,
    async () => {
      const known = await readJsonFile<EnvironmentRecord>(pathsOf(ref).envFile)
      const programs = await detectMysql(databaseChoice(ref.project, known))
      await prepareDataDir({ ...(await prepareOptions(programs)), signal: context.signal })
      const record: EnvironmentRecord = {
        schema: 'corelab/environment@1',
        name: plan.env,
        createdAt: known?.createdAt ?? isoTime(context.clock.wallMs()),
        profile: plan.profile.name,
        engine: plan.engine,
        ports: plan.ports,
        socketDir: plan.socketDir,
      }
      await saveEnvironment(ref, { record, plan, secrets })
    },
  )
}

/** New data folders come with the schemas: creating them on a running chain costs each start a second. */
export async function prepareOptions(programs: MysqlInstallation): Promise<PrepareOptions> {
  const set = await readSchemaSet()
  const statements = [...set.statements, ...noteAppliedStatements(set)]
  return { cacheDir: cacheDir(process.env), programs, initial: { statements, digest: set.digest } }
}
