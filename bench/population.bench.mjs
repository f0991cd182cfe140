// How fast the population is made and loaded: the generator beside faker.js, and with --only a load beside other ways.
//
// Flags: --only NAME, one of
//   generator   (default) every table on one thread, beside faker.js making the customers' columns; --rows N, --locale zh|en
//   standalone  all tables on four nodes, proven : LOAD DATA of ready-made files into one server; --customers N
//   linearity   rows/s of --small N : --large N customers
//   inserts     single-row and multi-row INSERT : a load, per row; --customers N, --inserted N customers row by row
//   memory      of the command that loads --customers N
// and --rounds N (default 5 for the generator, else 1), --profile NAME (default small), --out FILE (default
// .cache/bench/population-NAME.json). What loads makes a core of its own and deletes it. Sizes are small by default, so that it
// is seen to work in minutes; figures for documents: --customers 1000000, --small 1000000 --large 15000000, nothing else running.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { benchHost, figuresFileOf, writeFigures } from './frame/figures-file.mjs'
import { wholeNumber } from './frame/whole-number.mjs'

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: 'generator' },
    rounds: { type: 'string' },
    rows: { type: 'string', default: '200000' },
    customers: { type: 'string', default: '20000' },
    inserted: { type: 'string', default: '300' },
    small: { type: 'string', default: '20000' },
    large: { type: 'string', default: '60000' },
    locale: { type: 'string', default: 'zh' },
    profile: { type: 'string', default: 'small' },
    out: { type: 'string' },
    yes: { type: 'boolean', short: 'y' },
  },
})
const { only, locale, profile } = flags
const counted = {
  generator: ['rounds', 'rows'],
  standalone: ['rounds', 'customers'],
  linearity: ['rounds', 'small', 'large'],
  inserts: ['rounds', 'customers', 'inserted'],
  memory: ['customers'],
}
const measures = {
  generator: async () => (await import('./population/generator.mjs')).measureGenerator,
  standalone: async () => (await import('./population/standalone.mjs')).measureStandalone,
  linearity: async () => (await import('./population/linearity.mjs')).measureLinearity,
  inserts: async () => (await import('./population/inserts.mjs')).measureInserts,
  memory: async () => (await import('./population/memory.mjs')).measureMemory,
}
if (!(only in measures))
  throw new Error(`--only must be one of ${Object.keys(measures).join(', ')}, not ${only}`)
flags.rounds ??= only === 'generator' ? '5' : '1'
const numbers = Object.fromEntries(counted[only].map((flag) => [flag, wholeNumber(flag, flags[flag])]))
const loadBefore = loadavg()[0]
const measure = await measures[only]()
await measure({ ...numbers, locale: locale === 'en' ? 'en' : 'zh', profile }, report)

function report({ figures, samples, words }) {
  const sizes = Object.entries(numbers).map(([flag, value]) => `--${flag} ${value}`)
  const kind = only === 'generator' ? `--locale ${locale}` : `--profile ${profile}`
  const command = ['npm run bench -- population', `--only ${only}`, ...sizes, kind].join(' ')
  const host = { ...benchHost(), loadBefore }
  for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name} = ${value.toFixed(2)}\n`)
  process.stdout.write(`${words}; ${host.cores} x ${host.cpu}, load ${loadBefore.toFixed(1)} before\n`)
  const result = { schema: 'corelab/bench-population@2', command, host, figures, samples }
  const out = writeFigures(flags.out ?? figuresFileOf(`population-${only}`), result)
  process.stdout.write(`${out}\n${command}\n`)
}
