import { describe, expect, test } from 'vitest'
import { accountsSql, businessSchemas, subsystemAccount } from '../../../src/components/mysql/accounts-sql.js'
import type { DatabaseEngine } from '../../../src/model/database-engine.js'
import { testSecrets } from '../../support/secrets.js'

describe.each<DatabaseEngine>(['mariadb', 'mysql'])('the accounts of a node of %s', (engine) => {
  const text = accountsSql(testSecrets, engine)
  const lines = text.trimEnd().split('\n')
  const grantsOf = (user: string) =>
    lines
      .filter((line) => line.startsWith('GRANT') && line.endsWith(`TO '${user}'@'localhost';`))
      .map((line) => line.replace(/^GRANT | TO .*$/g, ''))

  test('nothing of it is logged, and every line is one whole statement', () => {
    expect(lines[0]).toBe('SET sql_log_bin=0;')
    for (const line of lines)
      expect(line).toMatch(/^(SET|CREATE USER IF NOT EXISTS|ALTER USER|GRANT) [^;]+;$/)
  })

  test('no password is in it in clear text', () => {
    const { subsystems, ...others } = testSecrets.database
    for (const password of [...Object.values(subsystems), ...Object.values(others)])
      expect(text).not.toContain(password)
  })

  test('no account can log in from another host, and each has its password set anew', () => {
    const hosts = new Set([...text.matchAll(/'@'([^']+)'/g)].map((match) => match[1]))
    expect(hosts).toEqual(new Set(['localhost', '127.0.0.1']))

    const created = lines.filter((line) => line.startsWith('CREATE USER')).length
    expect(lines.filter((line) => line.startsWith('ALTER USER'))).toHaveLength(created)
  })

  test('nobody may give rights away, and only those who replicate, the keeper and the loader have any on the whole server', () => {
    expect(text).not.toMatch(/GRANT OPTION|SUPER|ALL PRIVILEGES ON \*/)
    const global = lines
      .filter((line) => line.includes(' ON *.* '))
      .map((line) => /TO '(\w+)'/.exec(line)?.[1])
    expect(new Set(global)).toEqual(
      new Set(['corelab_keeper', 'corelab_repl', 'corelab_qlink', 'corelab_loader']),
    )
    expect(grantsOf('corelab_repl')).toEqual(['REPLICATION SLAVE ON *.*'])
  })

  test('a subsystem writes its own schema, deletes nothing and reads the heartbeat; only a payment writes another one', () => {
    for (const code of businessSchemas) {
      const own = `SELECT, INSERT, UPDATE ON \`${code}\`.*`
      const shared = code === 'pay' ? ['SELECT, INSERT, UPDATE ON `act`.*'] : []
      expect(grantsOf(subsystemAccount(code))).toEqual([own, 'SELECT ON `corelab`.*', ...shared])
    }
  })

  test('the same secrets give the same text', () => {
    expect(accountsSql(structuredClone(testSecrets), engine)).toBe(text)
  })
})
