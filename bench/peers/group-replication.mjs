import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, startServer, until } from './server-process.mjs'

const memberCount = 3
const groupName = 'c0de1ab0-0000-4000-8000-000000000001'
const tester = { user: 'tester', password: 'bench-only' }
const startLimitMs = 120_000

/** Three members in single-primary mode on this host, all ONLINE and with the table of the probe. */
export async function startGroupReplication({ bin, work, extraArgs, open, signal }) {
  const ports = await freePorts(2 * memberCount)
  const numbers = Array.from({ length: memberCount }, (_, member) => member)
  const members = numbers.map((member) => ({ host: '127.0.0.1', port: ports[member], ...tester }))
  const local = numbers.map((member) => `127.0.0.1:${ports[memberCount + member]}`)
  const template = makeDataDir({ bin, work })
  const servers = []

  function start(member) {
    const dir = join(work, `member-${member + 1}`)
    return startServer({
      command: join(bin, 'mysqld'),
      args: [
        '--no-defaults',
        ...asRoot,
        `--datadir=${join(dir, 'data')}`,
        `--socket=${join(dir, 's.sock')}`,
        `--port=${ports[member]}`,
        '--bind-address=127.0.0.1',
        '--report-host=127.0.0.1',
        '--mysqlx=OFF',
        '--secure-file-priv=',
        `--server-id=${member + 1}`,
        '--log-bin=binlog',
        '--gtid-mode=ON',
        '--enforce-gtid-consistency=ON',
        '--skip-name-resolve',
        '--plugin-load-add=group_replication.so',
        `--group-replication-group-name=${groupName}`,
        `--group-replication-local-address=${local[member]}`,
        `--group-replication-group-seeds=${local.join(',')}`,
        '--group-replication-start-on-boot=OFF',
        '--group-replication-recovery-get-public-key=ON',
        ...extraArgs,
      ],
      env: {},
      log: join(dir, 'server.log'),
    })
  }

  async function ask(member, work) {
    const session = await open(members[member], { connectTimeoutMs: 1000, statementLimitMs: 60_000 })
    try {
      return await work(session)
    } finally {
      await session.close()
    }
  }

  const stateOf = (member) =>
    ask(member, async (session) => {
      const rows = await session.query(
        'SELECT MEMBER_ID AS id, MEMBER_STATE AS state, @@server_uuid AS own FROM performance_schema.replication_group_members',
      )
      return {
        own: rows.find(({ id, own }) => id === own)?.state ?? 'OFFLINE',
        states: rows.map((row) => row.state),
      }
    })

  /** A member that was killed may still be in the group for some seconds: then joining is refused, and tried again. */
  async function join_(member) {
    await until(
      async () => {
        const { own } = await stateOf(member)
        if (own === 'ONLINE') return true
        if (own === 'OFFLINE' || own === 'ERROR')
          await ask(member, async (session) => {
            if (own === 'ERROR') await session.query('STOP GROUP_REPLICATION')
            await session.query(
              `CHANGE REPLICATION SOURCE TO SOURCE_USER = '${tester.user}', SOURCE_PASSWORD = '${tester.password}' FOR CHANNEL 'group_replication_recovery'`,
            )
            await session.query('START GROUP_REPLICATION')
          })
        return false
      },
      { what: `member ${member + 1} is ONLINE`, limitMs: startLimitMs, signal, servers: [servers[member]] },
    )
  }

  for (const member of numbers) {
    const dir = join(work, `member-${member + 1}`)
    mkdirSync(dir, { recursive: true })
    cpSync(template, join(dir, 'data'), { recursive: true })
    servers.push(start(member))
    await until(() => ask(member, () => Promise.resolve(true)), {
      what: `member ${member + 1} answers`,
      limitMs: startLimitMs,
      signal,
      servers: [servers[member]],
    })
    if (member === 0)
      await ask(0, (session) => session.query('SET GLOBAL group_replication_bootstrap_group = ON'))
    await join_(member)
    if (member === 0)
      await ask(0, (session) => session.query('SET GLOBAL group_replication_bootstrap_group = OFF'))
  }
  await ask(0, async (session) => {
    await session.query('CREATE DATABASE probe')
    await session.query(
      'CREATE TABLE probe.t (id BIGINT AUTO_INCREMENT PRIMARY KEY, written_at BIGINT NOT NULL)',
    )
  })

  return {
    members,
    servers,
    async restart(member) {
      servers[member] = start(member)
      await join_(member)
    },
    async isWhole() {
      const { states } = await stateOf(0)
      return states.length === memberCount && states.every((state) => state === 'ONLINE')
    },
  }
}

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []

/** System tables and the account of the probe, which no member's history tells of. */
function makeDataDir({ bin, work }) {
  const data = join(work, 'template')
  const initFile = join(work, 'accounts.sql')
  mkdirSync(work, { recursive: true })
  writeFileSync(
    initFile,
    ['localhost', '127.0.0.1']
      .map(
        (host) =>
          `CREATE USER '${tester.user}'@'${host}' IDENTIFIED BY '${tester.password}';\nGRANT ALL ON *.* TO '${tester.user}'@'${host}';\n`,
      )
      .join(''),
  )
  const args = [
    '--no-defaults',
    ...asRoot,
    '--initialize-insecure',
    `--datadir=${data}`,
    `--init-file=${initFile}`,
  ]
  const { status, stderr, stdout } = spawnSync(join(bin, 'mysqld'), [...args, '--secure-file-priv='], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the system tables could not be made:\n${(stdout + stderr).slice(-2000)}`)
  // The name of a member in its group; each makes its own.
  rmSync(join(data, 'auto.cnf'), { force: true })
  return data
}
