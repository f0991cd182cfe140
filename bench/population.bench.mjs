// How fast the population generator writes its tables, beside faker.js making the customers' columns naively.
//
// Flags: --rounds N (default 5), --rows N customers per round (default 200000), --locale zh|en (default zh), --out FILE
// (default .cache/bench/population.json). One thread. Both sides take turns inside a round (ABBA), so that a slow
// minute of the host hits both; the median over the rounds is the figure. Rates are per second of CPU, which is what
// "per core" means, and hardly change when something else runs on the host; rows per second of wall time are shown
// beside. Targets: 1.2 million customers and 100 MB per CPU second, 30 times faker.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { faker } from '@faker-js/faker/locale/zh_CN'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = (path) => import(new URL(`../dist/${path}`, import.meta.url).href)
const { PopulationGenerator } = await dist('population/generator.js')
const { populationTables } = await dist('population/tables/population-tables.js')
const { TsvWriter } = await dist('population/tsv-writer.js')

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '200000' },
    locale: { type: 'string', default: 'zh' },
    out: { type: 'string', default: join(root, '.cache', 'bench', 'population.json') },
    yes: { type: 'boolean', short: 'y' },
  },
})
const rounds = wholeNumber('rounds')
const rows = wholeNumber('rows')

const customersPerChunk = 25_000
const fakerSide = 'faker (customers)'
const generator = new PopulationGenerator({
  seed: 1,
  entities: 81,
  locale: flags.locale === 'en' ? 'en' : 'zh',
  identity: 'safe',
})
const writer = new TsvWriter(1024 * 1024)
const samples = Object.fromEntries(
  [...populationTables.map(({ name }) => name), fakerSide].map((side) => [side, []]),
)

for (let round = 0; round < rounds; round++) {
  const sides = [measureGenerator, measureFaker]
  if (round % 2 === 1) sides.reverse()
  for (const measure of sides) measure(round)
}
report()

/** Each table alone, with its keys and their sorting. */
function measureGenerator(round) {
  for (const table of populationTables) {
    const sample = newSample()
    const watch = startWatch()
    for (let first = round * rows; first < (round + 1) * rows; first += customersPerChunk) {
      const count = Math.min(customersPerChunk, (round + 1) * rows - first)
      writeAll(sample, table, generator.keysOf({ first, count }, table.order))
    }
    watch.addTo(sample)
    samples[table.name].push(sample)
  }
}

function writeAll(into, table, keys) {
  const flush = () => {
    into.bytes += writer.length
    writer.clear()
  }
  for (let subTable = 0; subTable < table.subTables; subTable++) {
    into.rows += generator.write(table, keys, subTable, writer, flush).rows
  }
  flush()
}

function newSample() {
  return { rows: 0, bytes: 0, wallMs: 0, cpuMs: 0 }
}

function startWatch() {
  const startedMs = performance.now()
  const cpu = process.cpuUsage()
  return {
    addTo: (sample) => {
      const used = process.cpuUsage(cpu)
      sample.wallMs += performance.now() - startedMs
      sample.cpuMs += (used.user + used.system) / 1000
    },
  }
}

/** A fortieth of the rows: enough for a stable rate, and the round stays short. */
function measureFaker() {
  const sample = { ...newSample(), rows: Math.ceil(rows / 40) }
  const watch = startWatch()
  for (let row = 0; row < sample.rows; row++) sample.bytes += Buffer.byteLength(fakerRow())
  watch.addTo(sample)
  samples[fakerSide].push(sample)
}

function fakerRow() {
  const sex = faker.person.sexType()
  const birth = faker.date.birthdate().toISOString().slice(0, 10)
  return `${[
    `E${faker.number.int({ min: 1, max: 81 }).toString().padStart(2, '0')}`,
    faker.number.int({ min: 1_000_000_000, max: 1_999_999_999 }),
    faker.person.fullName({ sex }),
    sex === 'male' ? 'M' : 'F',
    birth,
    `3399${faker.string.numeric(2)}${birth.replaceAll('-', '')}${faker.string.numeric(4)}`,
    faker.phone.number(),
    faker.location.zipCode('######'),
    faker.location.streetAddress(true),
    faker.date.past({ years: 20 }).toISOString().slice(0, 10),
    'A',
    0,
  ].join('\t')}\n`
}

function report() {
  const perCpuSecond = (sample) => (sample.rows * 1000) / sample.cpuMs
  const figures = Object.fromEntries(
    Object.entries(samples).map(([side, all]) => {
      const typical = [...all].sort((a, b) => perCpuSecond(a) - perCpuSecond(b))[all.length >> 1]
      const { rows, bytes, cpuMs, wallMs } = typical
      return [
        side,
        {
          rowsPerCpuSecond: perCpuSecond(typical),
          rowsPerSecond: (rows * 1000) / wallMs,
          mbPerCpuSecond: bytes / cpuMs / 1000,
          bytesPerRow: bytes / rows,
        },
      ]
    }),
  )
  const ratio = figures['cif.customer'].rowsPerCpuSecond / figures[fakerSide].rowsPerCpuSecond
  const command = `npm run bench -- population --rounds ${rounds} --rows ${rows} --locale ${flags.locale}`
  const host = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version }
  const count = (value) => Math.round(value).toLocaleString('en').padStart(10)
  for (const [side, figure] of Object.entries(figures)) {
    process.stdout.write(
      `${side.padEnd(24)}${count(figure.rowsPerCpuSecond)} rows per CPU second, ${figure.mbPerCpuSecond.toFixed(1)} MB;` +
        ` ${count(figure.rowsPerSecond).trim()} rows/s of wall time; ${figure.bytesPerRow.toFixed(0)} bytes per row\n`,
    )
  }
  process.stdout.write(
    `cif.customer : faker = ${ratio.toFixed(1)}   (one thread of ${host.cpu}, Node ${host.node})\n`,
  )
  mkdirSync(dirname(flags.out), { recursive: true })
  const result = { schema: 'corelab/bench-population@1', command, host, figures, ratio, samples }
  writeFileSync(flags.out, `${JSON.stringify(result, null, 2)}\n`)
  process.stdout.write(`${flags.out}\n${command}\n`)
}

function wholeNumber(flag) {
  const value = Number(flags[flag])
  if (Number.isInteger(value) && value >= 1) return value
  throw new Error(`--${flag} must be a whole number, not ${flags[flag]}`)
}
