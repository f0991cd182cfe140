import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { freePorts, startServer, until } from './server-process.mjs'

const memberCount = 3
const tester = { user: 'tester', password: 'bench-only' }
const startLimitMs = 120_000

export const galeraSettings =
  'defaults (evs.suspect_timeout 5 s, evs.inactive_timeout 15 s), state transfer by mariabackup'

/** Three members on this host, whole and with the table of the probe. */
export async function startGalera({ bin, provider, work, open, signal }) {
  const ports = await freePorts(4 * memberCount)
  const at = (member, purpose) => ports[4 * member + purpose]
  const numbers = Array.from({ length: memberCount }, (_, member) => member)
  const members = numbers.map((member) => ({ host: '127.0.0.1', port: at(member, 0), ...tester }))
  const address = numbers.map((member) => `127.0.0.1:${at(member, 1)}`).join(',')
  const template = makeDataDir({ bin, work })
  const servers = []

  function start(member, extra = []) {
    const dir = join(work, `member-${member + 1}`)
    const tmp = join(dir, 'tmp')
    mkdirSync(tmp, { recursive: true })
    return startServer({
      command: join(bin, 'mariadbd'),
      args: [
        '--no-defaults',
        ...asRoot,
        `--datadir=${join(dir, 'data')}`,
        `--socket=${join(dir, 's.sock')}`,
        `--tmpdir=${tmp}`,
        `--port=${at(member, 0)}`,
        '--bind-address=127.0.0.1',
        `--server-id=${member + 1}`,
        '--skip-name-resolve',
        '--binlog-format=ROW',
        '--innodb-autoinc-lock-mode=2',
        '--wsrep-on=ON',
        `--wsrep-provider=${provider}`,
        '--wsrep-cluster-name=peers',
        `--wsrep-cluster-address=gcomm://${address}`,
        `--wsrep-node-name=member-${member + 1}`,
        `--wsrep-node-address=127.0.0.1:${at(member, 1)}`,
        `--wsrep-node-incoming-address=127.0.0.1:${at(member, 0)}`,
        `--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:${at(member, 1)};ist.recv_addr=127.0.0.1:${at(member, 2)}`,
        '--wsrep-sst-method=mariabackup',
        `--wsrep-sst-auth=${tester.user}:${tester.password}`,
        `--wsrep-sst-receive-address=127.0.0.1:${at(member, 3)}`,
        ...extra,
      ],
      // The scripts of the state transfer look for their programs in PATH.
      env: { PATH: `${bin}${delimiter}${process.env.PATH}`, TMPDIR: tmp },
      log: join(dir, 'server.log'),
    })
  }

  const isSynced = async (member) => {
    const session = await open(members[member], { connectTimeoutMs: 1000 })
    try {
      const rows = await session.query("SHOW STATUS LIKE 'wsrep_%'")
      const value = (name) => rows.find((row) => row.Variable_name === name)?.Value
      return {
        synced: value('wsrep_local_state_comment') === 'Synced',
        size: Number(value('wsrep_cluster_size')),
      }
    } finally {
      await session.close()
    }
  }

  for (const member of numbers) {
    const dir = join(work, `member-${member + 1}`)
    mkdirSync(dir, { recursive: true })
    cpSync(template, join(dir, 'data'), { recursive: true })
    servers.push(start(member, member === 0 ? ['--wsrep-new-cluster'] : []))
    await until(async () => (await isSynced(member)).synced, {
      what: `member ${member + 1} is in sync`,
      limitMs: startLimitMs,
      signal,
      servers: [servers[member]],
    })
  }
  const session = await open(members[0], { connectTimeoutMs: 1000 })
  await session.query('CREATE DATABASE probe')
  await session.query(
    'CREATE TABLE probe.t (id BIGINT AUTO_INCREMENT PRIMARY KEY, written_at BIGINT NOT NULL)',
  )
  await session.close()

  return {
    members,
    servers,
    async restart(member) {
      servers[member] = start(member)
    },
    async isWhole() {
      const states = await Promise.all(numbers.map(isSynced))
      return states.every(({ synced, size }) => synced && size === memberCount)
    },
  }
}

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []

/** System tables and the account of the probe, as `mariadb-install-db` makes them. */
function makeDataDir({ bin, work }) {
  const share = join(bin, '..', 'root', 'usr', 'share', 'mysql')
  const data = join(work, 'template')
  mkdirSync(data, { recursive: true })
  const parts = [
    'mysql_system_tables.sql',
    'mysql_performance_tables.sql',
    'mysql_system_tables_data.sql',
  ].map((name) => readShared(share, name))
  const accounts = ['localhost', '127.0.0.1']
    .map(
      (host) =>
        `CREATE USER '${tester.user}'@'${host}' IDENTIFIED BY '${tester.password}';\nGRANT ALL ON *.* TO '${tester.user}'@'${host}';\n`,
    )
    .join('')
  const input = `CREATE DATABASE mysql;\nUSE mysql;\n${parts.join('\n')}\nFLUSH PRIVILEGES;\n${accounts}`
  const args = ['--no-defaults', ...asRoot, '--bootstrap', `--datadir=${data}`, '--log-warnings=0']
  const { status, stderr } = spawnSync(join(bin, 'mariadbd'), args, { input, encoding: 'utf8' })
  if (status === 0) return data
  throw new Error(`the system tables could not be made:\n${stderr.slice(-2000)}`)
}

/** MariaDB 11 has its own names for the same files. */
function readShared(share, name) {
  for (const each of [name, name.replace('mysql_', 'mariadb_')]) {
    try {
      return readFileSync(join(share, each), 'utf8')
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
  throw new Error(`${name} is not in ${share}`)
}
