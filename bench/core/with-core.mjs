// A core of its own for a benchmark: made in a temporary folder, used, and taken down with all it had, also after Ctrl+C.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dist } from '../frame/dist.mjs'
import { stopOnSignal } from '../frame/stop-on-signal.mjs'

/**
 * Runs `work({ ref, endpoints, context, status, session })` with a usable core, and ends the process with the exit code that it
 * returns; 130 after a signal, which `context.signal` tells. `databaseSettings`: lines for every database server, as an
 * owner would add them.
 */
export async function withCore({ name, profile, faultProxy = false, databaseSettings = [] }, work) {
  const { systemClock } = await dist('kit/clock.js')
  const { uncancelled } = await dist('kit/context.js')
  const { bringUp } = await dist('cluster/up.js')
  const { takeDown } = await dist('cluster/down.js')
  const { readStatus } = await dist('cluster/status.js')
  const { openConnection } = await dist('clients/mysql/connection.js')
  const { findProject } = await dist('project/find-project.js')
  const { planScaffold, executeScaffold } = await dist('project/scaffold.js')
  const signal = stopOnSignal()
  // Servers are started so that they do not keep a parent alive; this does.
  const keepAlive = setInterval(() => undefined, 1000)
  const dir = realpathSync(mkdtempSync(join(tmpdir(), `corelab-bench-${name}-`)))
  const context = { clock: systemClock, emit: () => undefined, signal }
  let ref = null
  let exitCode = 0
  try {
    await executeScaffold(await planScaffold({ dir, profile, force: false }), context)
    const ownSettings = ['[mariadbd]', ...databaseSettings, ''].join('\n')
    if (databaseSettings.length > 0) writeFileSync(join(dir, 'config', 'mysql', 'extra.cnf'), ownSettings)
    ref = { project: await findProject({ fromDir: dir }), env: 'bench' }
    const wishes = { profile, portBase: null, limitMs: null, faultProxy }
    const { endpoints } = await bringUp({ ...ref, ...wishes }, context)
    const session = (node) => {
      const { host, port } = endpoints.databases.find((each) => each.name === node)
      const password = endpoints.secrets.database.workload
      const target = { host, port, user: 'corelab_workload', password, database: 'bench' }
      return openConnection(target, { connectTimeoutMs: 5000 })
    }
    exitCode = await work({ ref, endpoints, context, session, status: () => readStatus(ref) })
  } catch (error) {
    // Not thrown on: clients that the work left open would keep the process alive for ever.
    console.error(error)
    exitCode = 1
  } finally {
    if (ref)
      await takeDown({ ...ref, deleteVolumes: true }, uncancelled(context)).catch((error) =>
        console.error(error),
      )
    clearInterval(keepAlive)
    rmSync(dir, { recursive: true, force: true })
  }
  process.exit(signal.aborted ? 130 : exitCode)
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
