// How fast the simulator is: events per second and core, thousands of seeds on all cores, time to each planted bug.
//
// Flags: --seeds N (default 10000) for the campaign, --workers N (default: one for each core), --limit S (default 60)
// seconds for each planted bug, --rounds N (default 5) of 100 seeds in one thread, --out FILE (default
// .cache/bench/sim.json). No server is started. Events per second of CPU is what "per core" means; it hardly changes when
// something else runs on the host, wall time does.
import { availableParallelism, cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { dist } from './frame/dist.mjs'
import { figuresFileOf, writeFigures } from './frame/figures-file.mjs'
import { wholeNumber } from './frame/whole-number.mjs'

const { systemClock } = await dist('kit/clock.js')
const { silent } = await dist('kit/events.js')
const { runCampaign } = await dist('sim/campaign/campaign.js')
const { huntPlant } = await dist('sim/campaign/hunt.js')
const { openSeedThread } = await dist('sim/campaign/seed-thread.js')
const { judgeCampaign } = await dist('sim/campaign/verdict.js')
const { plants } = await dist('sim/plant/plants.js')
const { runSeed } = await dist('sim/run/run-seed.js')

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    workers: { type: 'string', default: String(availableParallelism()) },
    limit: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '5' },
    out: { type: 'string', default: figuresFileOf('sim') },
    yes: { type: 'boolean', short: 'y' },
  },
})
const [seeds, workers, limitS, rounds] = ['seeds', 'workers', 'limit', 'rounds'].map((flag) =>
  wholeNumber(flag, flags[flag]),
)
const seconds = 60
const seedsPerRound = 100
const context = { clock: systemClock, emit: silent, signal: new AbortController().signal }
const openRunners = (job) => Array.from({ length: workers }, () => openSeedThread(job))

console.log(
  `node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}`,
)
const core = oneCore()
console.log(
  `one core: ${whole(core.eventsPerCpuSecond)} events per second of CPU, ${core.cpuMsPerSeed.toFixed(1)} ms per seed of ${seconds} virtual seconds`,
)
const campaign = await allCores()
console.log(
  `${whole(campaign.seeds)} seeds on ${workers} threads: ${campaign.seconds.toFixed(1)} s, ${whole(campaign.eventsPerSecond)} events/s, ${campaign.violations} violations, ${campaign.verdict}, hash ${campaign.hash}`,
)
for (const each of campaign.violated) console.log(`  ${each}`)
const hunts = await allPlants()
for (const { plant, found, seeds: tried, seconds: took } of hunts)
  console.log(
    `${plant.padEnd(24)}${found === null ? 'NOT FOUND' : found.padEnd(10)} ${whole(tried).padStart(6)} seeds ${took.toFixed(1).padStart(7)} s`,
  )
write({ node: process.version, cpu: cpus()[0]?.model ?? null, workers, core, campaign, hunts })

/** The median round, after one that only warms up. */
function oneCore() {
  const samples = []
  for (let round = 0; round <= rounds; round++) {
    const before = process.cpuUsage()
    let events = 0
    for (let index = 1; index <= seedsPerRound; index++)
      events += runSeed({ seed: round * seedsPerRound + index, seconds }).events
    const used = process.cpuUsage(before)
    const cpuMs = (used.user + used.system) / 1000
    if (round > 0)
      samples.push({ eventsPerCpuSecond: (events * 1000) / cpuMs, cpuMsPerSeed: cpuMs / seedsPerRound })
  }
  samples.sort((left, right) => left.eventsPerCpuSecond - right.eventsPerCpuSecond)
  return samples[samples.length >> 1]
}

async function allCores() {
  const options = { from: 1, seeds, seconds, plant: null, stopAtFirst: false }
  const result = await runCampaign(options, openRunners(options), context)
  return {
    seeds: result.totals.seeds,
    seconds: result.durationMs / 1000,
    eventsPerSecond: (result.totals.events * 1000) / result.durationMs,
    violations: result.totals.violations,
    violated: result.violations.map(({ seed, invariant }) => `${invariant} in seed ${seed}`),
    verdict: judgeCampaign(options, result).verdict,
    hash: result.hash,
  }
}

async function allPlants() {
  const results = []
  for (const plant of Object.keys(plants)) {
    const hunt = await huntPlant({ plant, seconds, limitMs: limitS * 1000, openRunners }, context)
    results.push({
      plant,
      found: hunt.found?.invariant ?? null,
      seeds: hunt.seeds,
      seconds: hunt.durationMs / 1000,
    })
  }
  return results
}

function write(figures) {
  console.log(`figures in ${writeFigures(flags.out, figures)}`)
}

function whole(number) {
  return Math.round(number).toLocaleString('en')
}
