// How long `corelab up` needs until the core is usable, beside RabbitMQ starting alone: cold and warm, alternating.
//
// Flags: --rounds N (default 3), --out FILE (default .cache/bench/up.json). First = no data dir and an empty cache, so
// that the system tables are made too; cold = no data dir; warm = the same folders, started again. `corelab up` is timed
// as a user sees it: the spawned program, from exec to exit. RabbitMQ alone is timed from its spawn to the first AMQP
// answer, twice: as packaged, and as `up` starts it, with its code loaded in batches. The sides take turns inside a
// round (ABBA), so that a slow minute of the host hits all.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { dist } from './frame/dist.mjs'
import { benchHost, figuresFileOf, writeFigures } from './frame/figures-file.mjs'
import { median } from './frame/statistics.mjs'
import { stopOnSignal } from './frame/stop-on-signal.mjs'
import { wholeNumber } from './frame/whole-number.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    out: { type: 'string', default: figuresFileOf('up') },
    yes: { type: 'boolean', short: 'y' },
  },
})
const rounds = wholeNumber('rounds', flags.rounds)

const signal = stopOnSignal()

// Servers are started so that they do not keep a parent alive; this does, until all is measured.
const keepAlive = setInterval(() => undefined, 1000)
const work = realpathSync(mkdtempSync(join(tmpdir(), 'corelab-bench-up-')))
const samples = {
  packaged: { cold: [], warm: [] },
  tuned: { cold: [], warm: [] },
  up: { first: [], cold: [], warm: [] },
}
/** What each state of `corelab up` is compared with: RabbitMQ knows no third one. */
const counterpart = { first: 'cold', cold: 'cold', warm: 'warm' }
try {
  for (let round = 0; round < rounds && !signal.aborted; round++) await runRound(round)
  if (!signal.aborted) report()
} finally {
  clearInterval(keepAlive)
  rmSync(work, { recursive: true, force: true })
}
process.exit(signal.aborted ? 130 : 0)

async function runRound(round) {
  const sides = [measureRabbitmq, measureUp]
  if (round % 2 === 1) sides.reverse()
  for (const measure of sides) {
    if (signal.aborted) return
    await measure(join(work, `round-${round}-${measure.name}`), round)
  }
}

async function measureRabbitmq(dir, round) {
  for (const variant of ['packaged', 'tuned']) {
    const spec = await planRabbitmq(join(dir, variant))
    for (const state of ['cold', 'warm']) {
      const elapsedMs = await startAlone(variant === 'tuned' ? spec : asPackaged(spec))
      samples[variant][state].push(elapsedMs)
      say(round, `RabbitMQ ${variant}, ${state}`, elapsedMs)
    }
  }
}

/** The same broker without our way to load its code: what its package gives. */
function asPackaged(spec) {
  const files = spec.files.map((file) =>
    file.path.endsWith('preload.eval') ? { ...file, text: 'ok.\n' } : file,
  )
  return { ...spec, files }
}

async function planRabbitmq(dir) {
  const { detectRabbitmq, planRabbitmqComponent } = await dist('components/rabbitmq/rabbitmq-component.js')
  const { chooseBlock } = await dist('cluster/port-block.js')
  const { generateSecrets } = await dist('cluster/environment-store.js')
  const { profiles } = await dist('model/profile.js')
  const { statePaths } = await dist('sys/state-dir.js')
  const { isPortFree } = await dist('sys/ports.js')
  const ports = await chooseBlock({ stateDir: dir, isFree: isPortFree })
  return planRabbitmqComponent({
    programs: await detectRabbitmq(),
    paths: statePaths(dir).component('rabbitmq'),
    ports: { amqp: ports.rabbitmq, distribution: ports.rabbitmqDistribution, portMapper: ports.epmd },
    profile: profiles.small,
    secrets: generateSecrets([]),
    userConfig: '',
  })
}

/** From the spawn to the first AMQP answer, then stopped in order. */
async function startAlone(spec) {
  const { NativeRuntime } = await dist('runtime/native/native-runtime.js')
  const { awaitReady } = await dist('sys/probes.js')
  const { systemClock } = await dist('kit/clock.js')
  const context = { clock: systemClock, emit: () => undefined, signal }
  const startedMs = performance.now()
  const running = await new NativeRuntime().start(spec, context)
  try {
    await awaitReady(spec.readiness, {
      limitMs: spec.readyLimitMs,
      exited: running.exited,
      clock: systemClock,
      signal,
    })
    return performance.now() - startedMs
  } finally {
    await running.stop()
  }
}

async function measureUp(dir, round) {
  const env = { ...process.env, CORELAB_CACHE_DIR: join(dir, 'cache') }
  mkdirSync(dir)
  const project = join(dir, 'bank')
  await corelab(['init', project, '--yes'], { cwd: dir, env })
  try {
    for (const state of ['first', 'warm', 'cold']) {
      if (state === 'cold') await corelab(['down', '--volumes', '--yes'], { cwd: project, env })
      const startedMs = performance.now()
      await corelab(['up', '--profile', 'small'], { cwd: project, env })
      const elapsedMs = performance.now() - startedMs
      samples.up[state].push(elapsedMs)
      say(round, `corelab up, ${state}`, elapsedMs)
      await corelab(['down'], { cwd: project, env })
    }
  } finally {
    await corelab(['down', '--volumes', '--yes'], { cwd: project, env, anyway: true })
  }
}

/** Runs the built program; a failure shows what it said. `anyway` = also after Ctrl+C, which cleans up. */
function corelab(args, { cwd, env, anyway = false }) {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [join(root, 'bin', 'run.js'), ...args], { cwd, env })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
    const onStop = () => child.kill('SIGINT')
    if (!anyway) signal.addEventListener('abort', onStop, { once: true })
    child.once('error', failed)
    child.once('close', (code) => {
      signal.removeEventListener('abort', onStop)
      if (code === 0 || signal.aborted) done()
      else failed(new Error(`corelab ${args.join(' ')} ended with ${code}:\n${said}`))
    })
  })
}

function say(round, what, elapsedMs) {
  process.stderr.write(`round ${round + 1} of ${rounds}: ${what.padEnd(24)} ${seconds(elapsedMs)}\n`)
}

function report() {
  const rows = ['first', 'cold', 'warm'].map((state) => {
    const up = samples.up[state]
    const beside = (variant) => samples[variant][counterpart[state]]
    return {
      state,
      upMs: summary(up),
      packagedMs: summary(beside('packaged')),
      tunedMs: summary(beside('tuned')),
      ratioToPackaged: ratio(up, beside('packaged')),
      ratioToTuned: ratio(up, beside('tuned')),
    }
  })
  const result = {
    schema: 'corelab/bench-up@2',
    at: new Date().toISOString(),
    command: `npm run bench -- up --rounds ${rounds}`,
    host: benchHost(),
    rounds,
    target: { ratioMax: 1.5 },
    rows,
    samplesMs: samples,
  }
  print(result, writeFigures(flags.out, result))
}

function print(result, out) {
  const lines = [
    '',
    `${result.host.cpu}, ${result.host.cores} cores, ${rounds} rounds; median (min to max)`,
    '',
    `       ${'corelab up'.padEnd(28)}ratio to RabbitMQ alone (target <= ${result.target.ratioMax})`,
    ...result.rows.flatMap(({ state, upMs, packagedMs, tunedMs, ratioToPackaged, ratioToTuned }) => [
      `${state.padEnd(7)}${range(upMs).padEnd(28)}${ratioText(ratioToPackaged)}  as packaged, ${range(packagedMs)}`,
      `${''.padEnd(35)}${ratioText(ratioToTuned)}  as up starts it, ${range(tunedMs)}`,
    ]),
    '',
    `${out}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

function ratio(values, base) {
  const each = values.map((value, round) => value / base[round])
  return { median: median(values) / median(base), min: Math.min(...each), max: Math.max(...each) }
}

function ratioText({ median, min, max }) {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`
}

function range({ median, min, max }) {
  return `${seconds(median)} (${seconds(min)} to ${seconds(max)})`
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`
}

function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}
