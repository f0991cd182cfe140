import { randomInt } from 'node:crypto'
import { isoTime, systemClock } from '../kit/clock.js'
import { corelabError, reasonOf, toCorelabError } from '../kit/errors.js'
import { seededRandom } from '../kit/random.js'
import type { BootPlan } from '../model/boot-plan.js'
import { projectLayout } from '../model/project-layout.js'
import type { Secrets } from '../model/secrets.js'
import { loadConfig } from '../project/load-config.js'
import { packageRoot } from '../project/package-root.js'
import { readJsonFile } from '../sys/files.js'
import { keeperSocketOf } from '../sys/keeper-socket.js'
import { ignoreOutputErrors } from '../sys/output-errors.js'
import { statePaths } from '../sys/state-dir.js'
import { type SubsystemHost, startSubsystemHost } from './host.js'

/**
 * Entry of the subsystem host's own process: `node host-main.js <stateDir>`. Everything else it reads from there.
 * SIGTERM and SIGINT end it in order: exit 0. What it writes goes to the component's log.
 */
const exitLimitMs = 9500

const log = (line: string) => process.stdout.write(`${isoTime(systemClock.wallMs())} ${line}\n`)

ignoreOutputErrors()

/** A promise that a handler forgot to await must not end the other subsystems. */
process.on('unhandledRejection', (reason) => {
  log(`unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}`)
})

try {
  const host = await start(process.argv[2] ?? '')
  log(`the subsystems answer on port ${host.port}`)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(host, signal))
} catch (error) {
  const { code, message, detail } = toCorelabError(error)
  log(`cannot start: ${code} ${message}${detail === null ? '' : `\n${detail}`}`)
  process.exit(1)
}

async function start(stateDir: string): Promise<SubsystemHost> {
  const paths = statePaths(stateDir)
  const [plan, secrets] = await Promise.all([
    readJsonFile<BootPlan>(paths.planFile),
    readJsonFile<Secrets>(paths.secretsFile),
  ])
  if (!plan || !secrets)
    throw corelabError('FILE_DAMAGED', {
      message: `${stateDir} holds no plan or no secrets of an environment`,
    })
  return startSubsystemHost({
    port: plan.ports.subsystems,
    engine: plan.engine,
    topologyFile: paths.topologyFile,
    keeperSocket: keeperSocketOf(plan.socketDir),
    redis: { host: '127.0.0.1', port: plan.ports.redis, password: secrets.redis },
    secrets: secrets.database.subsystems,
    projectDir: plan.project.dir,
    handlers: await handlersOf(plan.project.dir),
    instance: `${plan.env}-${process.pid}`,
    version: await versionOfPackage(),
    clock: systemClock,
    rng: seededRandom(randomInt(2 ** 32)),
    log,
  })
}

async function versionOfPackage(): Promise<string> {
  const manifest = await readJsonFile<{ version: string }>(`${packageRoot}/package.json`)
  return manifest?.version ?? 'unknown'
}

/** A file that was broken after `up` read it costs the user's handlers, not the whole host. */
async function handlersOf(projectDir: string): Promise<Record<string, { handler: string | null }>> {
  try {
    return { ...(await loadConfig(`${projectDir}/${projectLayout.config}`)).subsystems }
  } catch (error) {
    log(`no handlers are loaded: ${reasonOf(error)}`)
    return {}
  }
}

async function end(host: SubsystemHost, signal: string): Promise<void> {
  log(`${signal}: stopping`)
  setTimeout(() => process.exit(1), exitLimitMs).unref()
  await host.stop()
  log('stopped')
  process.exit(0)
}
