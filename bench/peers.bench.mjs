// The write gap that a client sees after kill -9 of the node it writes to, with Galera and with MySQL Group Replication.
//
// Flags: --kills N (default 3), --only galera|group-replication, --out FILE (default .cache/bench/peers.json).
// Three members of each on this host, one client that writes a row every 10 ms and follows the members. The gap is from
// its last OK before the kill to the first one after it. The killed member is started again before the next kill.
// corelab's own figure with kill -9 is that of `npm run bench -- failover`; it is shown beside these if it was measured.
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureGalera } from '../scripts/setup/unpacked/galera.mjs'
import { ensureMysql } from '../scripts/setup/unpacked/mysql.mjs'
import { dist } from './frame/dist.mjs'
import { benchHost, figuresFileOf, writeFigures } from './frame/figures-file.mjs'
import { median } from './frame/statistics.mjs'
import { stopOnSignal } from './frame/stop-on-signal.mjs'
import { wholeNumber } from './frame/whole-number.mjs'
import { galeraSettings, startGalera } from './peers/galera.mjs'
import { startGroupReplication } from './peers/group-replication.mjs'
import { measureKills } from './peers/measure-kills.mjs'
import { killAll } from './peers/server-process.mjs'

const { values: flags } = parseArgs({
  options: {
    kills: { type: 'string', default: '3' },
    only: { type: 'string' },
    out: { type: 'string', default: figuresFileOf('peers') },
    yes: { type: 'boolean', short: 'y' },
  },
})
const kills = wholeNumber('kills', flags.kills, 20)
if (flags.only !== undefined && !['galera', 'group-replication'].includes(flags.only))
  throw new Error(`--only must be galera or group-replication, not ${flags.only}`)

const signal = stopOnSignal()
const { openConnection: open } = await dist('clients/mysql/connection.js')
const work = realpathSync(mkdtempSync(join(tmpdir(), 'corelab-bench-peers-')))
const rows = []
try {
  for (const peer of peers().filter(({ kind }) => flags.only === undefined || kind === flags.only)) {
    if (signal.aborted) break
    rows.push(await measure(peer))
  }
  if (!signal.aborted) report()
} finally {
  await killAll()
  rmSync(work, { recursive: true, force: true })
}
process.exit(signal.aborted ? 130 : 0)

function peers() {
  const groupReplication = (title, settings, extraArgs) => ({
    kind: 'group-replication',
    title,
    settings,
    async start(dir) {
      const { bin, version } = await ensureMysql()
      return {
        version: `MySQL ${version}`,
        group: await startGroupReplication({ bin, work: dir, extraArgs, open, signal }),
      }
    },
  })
  return [
    {
      kind: 'galera',
      title: 'Galera',
      settings: galeraSettings,
      async start(dir) {
        const { bin, provider, version } = await ensureGalera()
        return {
          version: `MariaDB ${version}`,
          group: await startGalera({ bin, provider, work: dir, open, signal }),
        }
      },
    },
    groupReplication(
      'Group Replication',
      'single-primary, defaults (group_replication_member_expel_timeout 5 s)',
      [],
    ),
    groupReplication(
      'Group Replication, no grace',
      'single-primary, group_replication_member_expel_timeout = 0',
      ['--group-replication-member-expel-timeout=0'],
    ),
  ]
}

/** A peer that cannot run here is a row that says why; the others are measured all the same. */
async function measure({ title, settings, start }) {
  const say = (text) => process.stderr.write(`${title}: ${text}\n`)
  const dir = join(work, title.replaceAll(/\W+/g, '-'))
  try {
    say('starting three members')
    const { version, group } = await start(dir)
    const gapsMs = await measureKills({ group, kills, open, signal, say })
    return { title, version, settings, gapsMs }
  } catch (error) {
    if (signal.aborted) return { title, settings, cannot: 'stopped' }
    const why = [error.message, error.detail].filter(Boolean).join('\n')
    say(why)
    return { title, settings, cannot: error.message.split('\n')[0].replace(/^Cannot run here: /, '') }
  } finally {
    await killAll()
    rmSync(dir, { recursive: true, force: true })
  }
}

function report() {
  const result = {
    schema: 'corelab/bench-peers@1',
    at: new Date().toISOString(),
    command: `npm run bench -- peers --kills ${kills}`,
    host: benchHost(),
    rows,
  }
  const out = writeFigures(flags.out, result)
  const lines = [
    '',
    `${result.host.cpu}, ${result.host.cores} cores, all members on this one host; ${kills} x kill -9 of the node written to`,
    'Gap in acknowledged writes, as one client sees it: median (min to max)',
    '',
    ...rows.flatMap(({ title, version, settings, gapsMs, cannot }) => [
      `${title.padEnd(30)}${cannot === undefined ? range(gapsMs) : `cannot run here: ${cannot}`}`,
      `    ${[version, settings].filter(Boolean).join('; ')}`,
    ]),
    ...ownFigure(),
    '',
    out,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** From the last run of the failover benchmark, with its command: another load, so never as a ratio. */
function ownFigure() {
  const file = figuresFileOf('failover-kill')
  const name = 'corelab'.padEnd(30)
  if (!existsSync(file)) return [`${name}not measured yet: npm run bench -- failover --kind kill`]
  const { gapMs, command } = JSON.parse(readFileSync(file, 'utf8'))
  return [`${name}${text(gapMs)}`, `    ${command ?? 'npm run bench -- failover --kind kill'}`]
}

function range(values) {
  const sorted = [...values].sort((left, right) => left - right)
  return text({ median: median(values), min: sorted[0], max: sorted.at(-1) })
}

function text({ median, min, max }) {
  const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`
  return `${seconds(median)} (${seconds(min)} to ${seconds(max)})`
}
