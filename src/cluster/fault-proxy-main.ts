import { present } from '../kit/assert.js'
import { systemClock } from '../kit/clock.js'
import { reasonOf } from '../kit/errors.js'
import { exitCodes } from '../kit/exit-codes.js'
import { seededRandom } from '../kit/random.js'
import type { NetworkPlan } from '../model/network.js'
import { startFaultProxy } from '../sys/fault-proxy/fault-proxy.js'
import { serveProxyApi } from '../sys/fault-proxy/proxy-api.js'
import { readJsonFile } from '../sys/files.js'
import { ignoreOutputErrors } from '../sys/output-errors.js'

/** The proxied network of one environment, in a process of its own: `fault-proxy-main.js <plan file>`. */
async function main(planFile: string): Promise<void> {
  const plan = present(await readJsonFile<NetworkPlan>(planFile), planFile)
  // The jitter of delays need not differ from run to run.
  const proxy = await startFaultProxy(plan, { clock: systemClock, rng: seededRandom(1) })
  const api = await serveProxyApi(plan.apiSocket, proxy)
  const stop = () => {
    api.close()
    api.closeAllConnections()
    void proxy.close().then(() => process.exit(exitCodes.ok))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.on('SIGHUP', () => undefined)
}

ignoreOutputErrors()
main(present(process.argv[2], 'plan file')).catch((error: unknown) => {
  process.stderr.write(`the fault proxy cannot start: ${reasonOf(error)}\n`)
  process.exit(exitCodes.failed)
})
