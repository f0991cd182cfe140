import { expect, test } from 'vitest'
import type { CorelabError } from '../../../src/kit/errors.js'
import { parseConfig } from '../../../src/project/parse-config.js'

const file = (...lines: readonly string[]) => ['name: a', 'targets:', ...lines].join('\n')

function problemsOf(text: string): readonly string[] {
  try {
    parseConfig(text, '/bank/corelab.yaml')
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
    return (error as CorelabError).detail!.split('\n')
  }
  throw new Error('the text was accepted')
}

test('servers of others are read in full: the master first, and what is said once goes for all', () => {
  const { targets } = parseConfig(
    file(
      '  staging:',
      '    user: bench',
      '    password: { variable: STAGING_PASSWORD }',
      '    servers:',
      '      db-b: { role: reader, host: "::1", user: reads, password: { file: secret/reads } }',
      '      db-a: { role: master, host: db-a.example, port: 3307 }',
      '  here:',
      '    servers:',
      '      one: { role: master, socket: /run/my db.sock, user: me }',
    ),
    'corelab.yaml',
  )

  expect(targets.staging?.servers).toEqual([
    {
      ...{ name: 'db-a', role: 'master', host: 'db-a.example', port: 3307, socketPath: null, user: 'bench' },
      password: { kind: 'variable', name: 'STAGING_PASSWORD' },
    },
    {
      ...{ name: 'db-b', role: 'reader', host: '::1', port: 3306, socketPath: null, user: 'reads' },
      password: { kind: 'file', path: 'secret/reads' },
    },
  ])
  expect(targets.here?.servers).toMatchObject([{ socketPath: '/run/my db.sock', user: 'me', password: null }])
})

test.each(['', 'targets:\n', 'targets: {}\n'])('a file may list none (%j)', (text) => {
  expect(parseConfig(`name: a\n${text}`, 'corelab.yaml').targets).toEqual({})
})

const good = '      db-a: { role: master, host: db-a, user: bench }'

test.each([
  [
    'the password itself, for all',
    ['  x:', '    password: hunter2', '    servers:', good],
    'line 4: targets.x.password is not where a password belongs: this file is shared. Write { variable: NAME }',
  ],
  [
    'the password itself, for one, as a number',
    [
      '  x:',
      '    servers:',
      good,
      '      db-b: { role: reader, host: b, user: u,',
      '        password: 2718281 }',
    ],
    'line 7: targets.x.servers.db-b.password is not where a password belongs',
  ],
  [
    'a password for the name of a variable',
    ['  x:', '    password: { variable: hunter2! }', '    servers:', good],
    'line 4: targets.x.password.variable is not the name of an environment variable',
  ],
  [
    'a password within an address',
    ['  x:', '    servers:', '      db-a: { role: master, user: u, host: "u:hunter2@db" }'],
    'line 5: targets.x.servers.db-a.host is not the name or the address of a host, alone',
  ],
  [
    'an unknown key',
    ['  x:', '    pasword: hunter2', '    servers:', good],
    'line 4: targets.x.pasword is not a known key; allowed: user, password, servers. Did you mean password?',
  ],
  [
    'an unknown role',
    ['  x:', '    servers:', '      db-a: { role: slave, host: a, user: u }'],
    'line 5: targets.x.servers.db-a.role is "slave" (text); allowed: master, reader',
  ],
  [
    'a server without a role',
    ['  x:', '    servers:', '      db-a: { host: a, user: u }'],
    'line 5: targets.x.servers.db-a.role is missing',
  ],
  ['no servers at all', ['  x:', '    user: u'], 'line 3: targets.x.servers is missing'],
  [
    'a list of servers that is empty',
    ['  x:', '    servers: {}'],
    'line 4: targets.x.servers: no server with role: master; exactly one takes the writes',
  ],
  [
    'a second master',
    ['  x:', '    servers:', good, '      db-b: { role: master, host: b, user: u }'],
    'line 6: targets.x.servers: db-a and db-b with role: master; exactly one takes the writes',
  ],
  [
    'neither host nor socket',
    ['  x:', '    servers:', '      db-a: { role: master, user: u }'],
    'line 5: targets.x.servers.db-a has neither host nor socket',
  ],
  [
    'host and socket',
    ['  x:', '    servers:', '      db-a: { role: master, user: u, host: a, socket: /s }'],
    'line 5: targets.x.servers.db-a has a socket; leave out host and port, or the socket',
  ],
  [
    'a socket that is no absolute path',
    ['  x:', '    servers:', '      db-a: { role: master, user: u, socket: s.sock }'],
    'line 5: targets.x.servers.db-a.socket is "s.sock" (text); allowed: the absolute path of a unix socket',
  ],
  [
    'no user',
    ['  x:', '    servers:', '      db-a: { role: master, host: a }'],
    'line 5: targets.x.servers.db-a has no user, and neither has targets.x',
  ],
  [
    'a variable and a file',
    ['  x:', '    password: { variable: A, file: b }', '    servers:', good],
    'line 4: targets.x.password needs variable or file, and not both',
  ],
  [
    'neither a variable nor a file',
    ['  x:', '    password: {}', '    servers:', good],
    'line 4: targets.x.password needs variable or file, and not both',
  ],
  [
    'one server by two names',
    ['  x:', '    servers:', good, '      db-b: { role: reader, host: db-a, port: 3306, user: u }'],
    'line 6: targets.x.servers.db-b is at db-a:3306, and so is db-a',
  ],
  [
    'sockets and hosts',
    ['  x:', '    servers:', good, '      db-b: { role: reader, socket: /s, user: u }'],
    'line 6: targets.x.servers: some have a socket and others a host',
  ],
  [
    'the name of something else',
    ['  x:', '    servers:', '      master: { role: master, host: a, user: u }'],
    'line 5: targets.x.servers.master has a name that means something else',
  ],
  [
    'a name that is none',
    ['  My Servers:', '    servers:', good],
    'line 3: targets.My Servers is not a name; allowed: lower-case letters',
  ],
  [
    'a server whose name is none',
    ['  x:', '    servers:', good, '      DB_B: { role: reader, host: b, user: u }'],
    'line 6: targets.x.servers.DB_B is not a name; allowed: lower-case letters',
  ],
  [
    'a port beyond all ports',
    ['  x:', '    servers:', '      db-a: { role: master, host: a, user: u, port: 70000 }'],
    'line 5: targets.x.servers.db-a.port is 70000 (a number); allowed: a whole number from 1 to 65535',
  ],
  [
    'nothing below a name',
    ['  x:'],
    'line 3: targets.x is empty (null); allowed: keys and values (user, password, servers)',
  ],
  [
    'a list',
    ['  - db-a'],
    'line 2: targets is a list of 1; allowed: names, each with keys and values, or null',
  ],
])('%s is refused with line and reason, and no secret is repeated', (_, lines, problem) => {
  const problems = problemsOf(file(...lines))

  expect(problems).toEqual([expect.stringContaining(problem)])
  expect(problems.join()).not.toMatch(/hunter2|2718281/)
})
