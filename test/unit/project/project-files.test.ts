import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse, parseDocument } from 'yaml'
import { findOperation, operationsOf, subsystemOfCode } from '../../../src/model/catalogue.js'
import { projectSchema } from '../../../src/model/project-schema.js'
import { subsystemCodes } from '../../../src/model/subsystem.js'
import { parseConfig } from '../../../src/project/parse-config.js'
import { projectFiles } from '../../../src/project/project-files.js'

const choices = { name: 'north-bank', profile: 'tiny', seed: 77 } as const
const files = new Map(projectFiles(choices).map((each) => [each.path, each.text]))
const textOf = (path: string) => files.get(path)!

describe('every file', () => {
  test.each([...files.keys()])(
    '%s is plain ASCII, ends with one line feed, and has no rest of a template',
    (path) => {
      const text = textOf(path)

      expect(text).toMatch(/^[\x20-\x7e\n]+$/)
      expect(text).toMatch(/[^\n]\n$/)
      expect(text).not.toMatch(/<%|%>|undefined|\[object/)
      expect(text).not.toMatch(/[ \t]$/m)
    },
  )

  test('comes out the same for the same choices', () => {
    expect(projectFiles(choices)).toEqual(projectFiles({ ...choices }))
  })
})

describe('corelab.yaml', () => {
  test('is valid and says what was chosen', () => {
    const config = parseConfig(textOf('corelab.yaml'), 'corelab.yaml')

    expect(config).toMatchObject({ ...choices, runtime: 'native', ports: { base: null } })
  })

  test('stays valid when its examples are switched on', () => {
    const text = textOf('corelab.yaml').replace(/^ {2}# ((?:pay|act|\s+handler):?.*)$/gm, '  $1')

    const { subsystems } = parseConfig(text, 'corelab.yaml')

    expect(subsystems.pay).toEqual({ handler: '../my-payments/handler.mjs' })
    expect(subsystems.act).toEqual({ handler: null })
  })

  test('lists servers of others when that example is switched on', () => {
    const [settings = '', example = ''] = textOf('corelab.yaml').split(/(?<=^targets:\n)/m)

    const { targets } = parseConfig(settings + example.replaceAll('  # ', '  '), 'corelab.yaml')

    expect(targets.staging?.servers.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'db-a master',
      'db-b reader',
    ])
  })

  test('points editors to the schema beside it', () => {
    expect(textOf('corelab.yaml').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./corelab.schema.json',
    )
    expect(JSON.parse(textOf('corelab.schema.json'))).toEqual(projectSchema)
  })

  test('mentions every subsystem', () => {
    for (const code of subsystemCodes) expect(textOf('corelab.yaml')).toContain(code.toLowerCase())
  })
})

describe.each(subsystemCodes)('subsystems/%s', (code) => {
  const folder = `subsystems/${code.toLowerCase()}`

  test('has a contract that says what the catalogue says', () => {
    const contract = parse(textOf(`${folder}/contract.yaml`))

    const { name, module, purpose, callers, subscribers } = subsystemOfCode(code)
    expect(contract).toMatchObject({ code, name, module, purpose, callers, subscribers })
    const told = contract.services.flatMap((service: { interface: string; kind: string; methods: object }) =>
      Object.entries(service.methods).map(([method, facts]) => ({
        interfaceName: service.interface,
        kind: service.kind,
        method,
        ...facts,
      })),
    )
    const known = operationsOf(code).map(({ subsystem: _, entity: __, ...facts }) => facts)
    expect(told).toEqual(known)
  })

  test('has a handler that replaces nothing, with an example that is true', async () => {
    const text = textOf(`${folder}/handler.mjs`)
    const lines = text.split('\n')
    const example = lines.slice(lines.indexOf('// export default {'), lines.indexOf('// }') + 1)

    expect(await loaded(text)).toEqual({})
    const handlers = await loaded(example.map((line) => line.replace('// ', '')).join('\n'))
    const [key, answer] = Object.entries(handlers)[0]!
    expect(Object.keys(handlers)).toHaveLength(1)
    expect(typeof answer).toBe('function')
    const [service, method] = key.split('/')
    expect(findOperation(`cn.corelab.${code.toLowerCase()}.${service}`, method!)).not.toBeNull()
  })
})

async function loaded(moduleText: string): Promise<Record<string, unknown>> {
  const dir = await mkdtemp(join(tmpdir(), 'corelab-handler-'))
  try {
    const file = join(dir, 'handler.mjs')
    await writeFile(file, moduleText)
    return (await import(pathToFileURL(file).href)).default
  } finally {
    await rm(dir, { recursive: true })
  }
}

describe('README.md', () => {
  test('links only to files of the project', () => {
    const links = [...textOf('README.md').matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!)

    expect(links).toHaveLength(21)
    for (const link of links) expect(files.has(link), link).toBe(true)
  })
})

interface ComposeService {
  readonly image: string
  readonly command?: readonly string[]
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly secrets: readonly (string | { readonly source: string })[]
  readonly healthcheck: { readonly test: readonly string[] }
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, unknown>>
}

describe('compose.yaml', () => {
  const document = parseDocument(textOf('compose.yaml'), { merge: true })
  const compose = document.toJS() as {
    readonly services: Readonly<Record<string, ComposeService>>
    readonly secrets: Readonly<Record<string, { readonly file: string }>>
    readonly volumes: Readonly<Record<string, null>>
  }
  const services = Object.entries(compose.services)
  const databases = services.filter(([name]) => name.startsWith('db-'))

  test('is YAML without a mistake', () => {
    expect(document.errors).toEqual([])
    expect(document.warnings).toEqual([])
  })

  test('has the same servers as the native runtime', () => {
    expect(services.map(([name]) => name)).toEqual([
      'db-1',
      'db-2',
      'db-3',
      'db-4',
      'redis',
      'rabbitmq',
      'subsystems',
    ])
    expect(Object.keys(compose.services.subsystems!.depends_on!)).toHaveLength(6)
  })

  test('opens ports to this machine only, each a different one', () => {
    const ports = services.flatMap(([, service]) => service.ports)

    for (const port of ports) {
      expect(port).toMatch(/^127\.0\.0\.1:\$\{CORELAB_[A-Z0-9_]+_PORT:-\d{5}\}:\d+$/)
    }
    expect(new Set(ports.map((port) => /:-(\d+)/.exec(port)![1])).size).toBe(7)
  })

  test('keeps every password in a file of the state folder', () => {
    const used = services.flatMap(([, { secrets }]) =>
      secrets.map((secret) => (typeof secret === 'string' ? secret : secret.source)),
    )

    expect(new Set(used)).toEqual(new Set(Object.keys(compose.secrets)))
    for (const { file } of Object.values(compose.secrets)) {
      expect(file).toMatch(/^\.\/\.corelab\/compose\/secrets\/[a-z_]+$/)
    }
    for (const [, { environment = {} }] of services) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASS|SECRET/.test(name)) expect(value).toMatch(/^\/run\/secrets/)
      }
    }
  })

  test('tells for every server when it is healthy', () => {
    for (const [name, service] of services) {
      expect(service.image, name).toBeTruthy()
      expect(service.healthcheck.test.length, name).toBeGreaterThan(1)
    }
  })

  test('mounts only what init writes, and volumes that are declared', () => {
    for (const [name, { volumes }] of services) {
      for (const volume of volumes) {
        const source = volume.split(':')[0]!
        const path = source.replace(/^\.\//, '')
        const isOwn = files.has(path) || [...files.keys()].some((each) => each.startsWith(`${path}/`))
        expect(source.startsWith('./') ? isOwn : source in compose.volumes, `${name}: ${volume}`).toBe(true)
      }
    }
  })

  test('gives each database node its own id and folder, and the settings that losing nothing rests on', () => {
    const ids = databases.map(([, service]) =>
      service.command!.find((each) => each.startsWith('--server-id=')),
    )

    expect(ids).toEqual(['--server-id=1', '--server-id=2', '--server-id=3', '--server-id=4'])
    expect(new Set(databases.map(([, { volumes }]) => volumes[0])).size).toBe(4)
    for (const [, { command }] of databases) {
      expect(command).toEqual(
        expect.arrayContaining([
          '--sync-binlog=1',
          '--innodb-flush-log-at-trx-commit=1',
          '--gtid-strict-mode=ON',
          '--rpl-semi-sync-master-wait-point=AFTER_SYNC',
          '--rpl-semi-sync-master-wait-no-slave=ON',
        ]),
      )
    }
  })

  test('says in its first lines that this version does not start it', () => {
    expect(textOf('compose.yaml').slice(0, 600)).toMatch(/FOR LATER: .*native runtime only/)
  })
})
