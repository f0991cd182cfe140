// What the measurements of loading have in common: a core, filled from empty as often as wanted.
import { cpSync, mkdirSync } from 'node:fs'
import { withCore } from '../core/with-core.mjs'
import { dist } from '../frame/dist.mjs'

export const sourceOf = { seed: 1, entities: 81, locale: 'zh', identity: 'safe' }

/**
 * Runs `work` with `{ load, verify, empty, keepEmptyData, ... }` for a core that is empty at the beginning; its result is the
 * exit code.
 */
export function withLoads({ name, profile }, work) {
  return withCore({ name, profile }, async (core) => {
    const { ref, context } = core
    const { loadUsers } = await dist('cluster/load-window/load-users.js')
    const { verifyUsers } = await dist('cli/users/verify-users.js')
    const { takeDown } = await dist('cluster/down.js')
    const { bringUp } = await dist('cluster/up.js')
    const { pathsOf } = await dist('cluster/environment-store.js')
    const up = () => bringUp({ ...ref, profile, portBase: null, limitMs: null }, context)
    return await work({
      ...core,
      /** Wall time of an offline load with its proof, its rows, and the times of its stages. */
      async load(customers) {
        const spec = { ...sourceOf, customers }
        const options = { ...ref, spec, append: false, force: false, confirm: async () => undefined }
        const stages = []
        const emit = ({ kind, step, durationMs }) => {
          if (kind === 'step.done') stages.push({ step, ms: Math.round(durationMs) })
        }
        const [{ rows }, ms] = await timed(() => loadUsers(options, { ...context, emit }))
        return { rows, ms, stages }
      },
      /** Wall time; throws when anything differs. */
      async verify(workers) {
        const [answer, ms] = await timed(() => verifyUsers({ place: ref, asked: {}, workers }, context))
        if (answer.exit) throw new Error(`the population is not right: ${JSON.stringify(answer.data)}`)
        return { ms }
      },
      /** A core without customers again. */
      async empty() {
        await takeDown({ ...ref, deleteVolumes: true }, context)
        return up()
      },
      stop: () => takeDown({ ...ref, deleteVolumes: false }, context),
      /** The data of a node, stopped in order, as it is before any load. */
      async keepEmptyData(dir) {
        await takeDown({ ...ref, deleteVolumes: false }, context)
        mkdirSync(dir, { recursive: true })
        cpSync(pathsOf(ref).component('db-1').data, dir, { recursive: true })
        return up()
      },
    })
  })
}

export async function timed(work) {
  const startedMs = performance.now()
  const result = await work()
  return [result, performance.now() - startedMs]
}

export const perSecond = (count, ms) => Math.round((count * 1000) / ms)

export const medianOf = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]
