// How fast the population generator writes its tables, beside faker.js making the customers' columns naively.
import { cpus } from 'node:os'
import { faker } from '@faker-js/faker/locale/zh_CN'
import { dist } from '../frame/dist.mjs'
import { sourceOf } from './loads.mjs'

const { PopulationGenerator } = await dist('population/generator.js')
const { populationTables } = await dist('population/tables/population-tables.js')
const { TsvWriter } = await dist('population/tsv-writer.js')

const customersPerChunk = 25_000
const fakerSide = 'faker (customers)'
const writer = new TsvWriter(1024 * 1024)

/**
 * One thread. Both sides take turns inside a round (ABBA), so that a slow minute of the host hits both; the median over the rounds
 * is the figure. Rates are per second of CPU, which is what "per core" means, and hardly change when something else runs on
 * the host; rows per second of wall time are shown beside.
 */
export function measureGenerator({ rounds, rows, locale }, report) {
  const generator = new PopulationGenerator({ ...sourceOf, locale })
  const samples = Object.fromEntries(
    [...populationTables.map(({ name }) => name), fakerSide].map((side) => [side, []]),
  )
  for (let round = 0; round < rounds; round++) {
    const sides = [() => measureTables(generator, samples, round, rows), () => measureFaker(samples, rows)]
    if (round % 2 === 1) sides.reverse()
    for (const measure of sides) measure()
  }
  report(figuresOf(samples))
}

/** Each table alone, with its keys and their sorting. */
function measureTables(generator, samples, round, rows) {
  for (const table of populationTables) {
    const sample = newSample()
    const watch = startWatch()
    for (let first = round * rows; first < (round + 1) * rows; first += customersPerChunk) {
      const count = Math.min(customersPerChunk, (round + 1) * rows - first)
      writeAll(generator, sample, table, generator.keysOf({ first, count }, table.order))
    }
    watch.addTo(sample)
    samples[table.name].push(sample)
  }
}

function writeAll(generator, into, table, keys) {
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
function measureFaker(samples, rows) {
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

function figuresOf(samples) {
  const perCpuSecond = (sample) => (sample.rows * 1000) / sample.cpuMs
  const rates = Object.fromEntries(
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
  const count = (value) => Math.round(value).toLocaleString('en').padStart(10)
  for (const [side, rate] of Object.entries(rates)) {
    process.stdout.write(
      `${side.padEnd(24)}${count(rate.rowsPerCpuSecond)} rows per CPU second, ${rate.mbPerCpuSecond.toFixed(1)} MB;` +
        ` ${count(rate.rowsPerSecond).trim()} rows/s of wall time; ${rate.bytesPerRow.toFixed(0)} bytes per row\n`,
    )
  }
  const ratio = rates['cif.customer'].rowsPerCpuSecond / rates[fakerSide].rowsPerCpuSecond
  return {
    figures: { 'cif.customer : faker': ratio },
    samples: { rates, ...samples },
    words: `one thread of ${cpus()[0]?.model ?? 'unknown'}; targets 1,200,000 rows and 100 MB per CPU second, 30 x faker`,
  }
}
