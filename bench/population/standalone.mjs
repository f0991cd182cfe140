// All tables on four nodes, proven : LOAD DATA of the same ready-made files into one standalone server.
import { chownSync, closeSync, cpSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import { join } from 'node:path'
import { dist } from '../frame/dist.mjs'
import { medianOf, perSecond, sourceOf, timed, withLoads } from './loads.mjs'

/**
 * The standalone server has the data folder of an empty master (the same schema), the same settings as the server that the load
 * fills (no binlog, the same buffer pool and redo log) and as many connections, each of which loads whole sub-tables from
 * files that are there, with their rows in the order of the key: what is best for it. The clock runs from the first LOAD DATA
 * to the last commit, without its start and stop. The sides take turns. What a load takes has its proof in it: one node by its
 * rows, the others by their files. Beside it `users verify`, which asks all four nodes for every row.
 */
export function measureStandalone({ customers, rounds, profile }, report) {
  return withLoads({ name: 'standalone', profile }, async (core) => {
    const base = join(core.ref.project.dir, 'empty-data')
    const samples = { loaded: [], verified: [], standalone: [], stages: [] }
    for (let round = 0; round < rounds && !core.context.signal.aborted; round++) {
      if (round > 0) await core.empty()
      else await core.keepEmptyData(base)
      const four = async () => {
        const { rows, ms, stages } = await core.load(customers)
        samples.stages.push(stages)
        process.stderr.write(`${stagesText(stages)}\n`)
        const verified = await core.verify(availableParallelism())
        samples.loaded.push(ms)
        samples.verified.push(ms + verified.ms)
        process.stderr.write(
          `four nodes: ${perSecond(rows, ms)} rows/s in ${seconds(ms)}, every row of all nodes verified after ${seconds(ms + verified.ms)}\n`,
        )
      }
      const one = async () => {
        const { rows, ms } = await loadOneServer(core, { base, customers })
        samples.standalone.push(ms)
        process.stderr.write(`one server: ${perSecond(rows, ms)} rows/s, ${seconds(ms)}\n`)
      }
      if (round % 2 === 0) {
        await four()
        await core.stop()
        await one()
      } else {
        await core.stop()
        await one()
        await four()
      }
    }
    const one = medianOf(samples.standalone)
    report({
      figures: {
        'four nodes, loaded and proven : one standalone server': medianOf(samples.loaded) / one,
        'the same, then users verify : one standalone server': medianOf(samples.verified) / one,
      },
      samples,
      words: `${customers} customers; wall time ${seconds(medianOf(samples.loaded))} (${seconds(medianOf(samples.verified))}) : ${seconds(one)}, target <= 1.6`,
    })
    return 0
  })
}

async function loadOneServer({ ref, context }, { base, customers }) {
  const { readPlan, readSecrets, pathsOf } = await dist('cluster/environment-store.js')
  const { startWindowServer, windowPaths } = await dist('cluster/load-window/window-server.js')
  const { roomFor } = await dist('cluster/load-window/estimate.js')
  const { loadStatement } = await dist('population/load-statement.js')
  const plan = await readPlan(ref)
  const { database } = await readSecrets(ref)
  const filesDir = join(pathsOf(ref).loadDir, 'files')
  const paths = windowPaths(plan)
  const files = await writeFiles(filesDir, customers)
  mkdirSync(paths.dir, { recursive: true })
  cpSync(base, paths.data, { recursive: true })
  const { uid, gid } = statSync(base)
  chownSync(paths.data, uid, gid)
  const room = roomFor({ customers, memoryBytesFree: freemem(), profile: plan.profile })
  const server = await startWindowServer({ plan, node: 'db-1', password: database.loader, room }, context)
  try {
    const streams = Math.min(8, availableParallelism())
    const sessions = await Promise.all(Array.from({ length: streams }, () => server.connect()))
    const waiting = [...files]
    let rows = 0
    const work = async (session) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const loaded = await session.execute(loadStatement(next.table, next.subTable, next.file))
        rows += loaded.affectedRows
      }
    }
    const [, ms] = await timed(() => Promise.all(sessions.map(work)))
    await Promise.all(sessions.map((session) => session.close()))
    await server.stop()
    return { rows, ms }
  } catch (error) {
    await server.end()
    throw error
  } finally {
    rmSync(paths.dir, { recursive: true, force: true })
    rmSync(filesDir, { recursive: true, force: true })
  }
}

/** One file per sub-table, in the order in which the load fills them. */
async function writeFiles(dir, customers) {
  const { PopulationGenerator } = await dist('population/generator.js')
  const { populationTables } = await dist('population/tables/population-tables.js')
  const { TsvWriter } = await dist('population/tsv-writer.js')
  mkdirSync(dir, { recursive: true })
  const generator = new PopulationGenerator({ ...sourceOf, customers })
  const writer = new TsvWriter(1024 * 1024)
  const files = []
  for (const order of ['batch', 'customer', 'mobile', 'identity']) {
    const keys = generator.keysOf({ first: 0, count: customers }, order)
    const tables = populationTables.filter((table) => table.order === order)
    for (let subTable = 0; subTable < Math.max(...tables.map((table) => table.subTables)); subTable++) {
      for (const table of tables.filter(({ subTables }) => subTable < subTables)) {
        const file = join(dir, `${table.name}.${subTable}.tsv`)
        const descriptor = openSync(file, 'w')
        const flush = () => {
          for (let at = 0; at < writer.length; )
            at += writeSync(descriptor, writer.buffer, at, writer.length - at)
          writer.clear()
        }
        writer.clear()
        generator.write(table, keys, subTable, writer, flush)
        flush()
        closeSync(descriptor)
        files.push({ table, subTable, file })
      }
    }
  }
  return files
}

const stagesText = (stages) => stages.map(({ step, ms }) => `${step} ${seconds(ms)}`).join(', ')

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`
