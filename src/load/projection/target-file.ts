import { LineCounter, parseDocument } from 'yaml'
import { corelabError } from '../../kit/errors.js'
import { isRecord } from '../../kit/is-record.js'
import { nearest } from '../../kit/nearest.js'
import { didYouMean, unknownKeyText } from '../../project/schema-problems.js'
import { yamlLineOf } from '../../project/yaml-line.js'
import type { TargetHost, TargetSpeed } from './target-host.js'

/**
 * The text of a `host.yaml`. `file` is only named in errors. Throws TARGET_INVALID with all problems: line, the value found,
 * what is allowed, the nearest word.
 */
export function parseTarget(
  text: string,
  file: string,
  cpuClasses: readonly { readonly id: string }[],
): TargetHost {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const syntax = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    line: lines.linePos(pos[0]).line,
    text: message,
  }))
  if (syntax.length > 0) throw invalid(file, syntax)
  const value: unknown = document.contents === null ? {} : document.toJS()
  if (!isRecord(value))
    throw invalid(file, [{ line: 1, text: 'the file is not a mapping of keys and values' }])
  const found = readRecord('', value, hostKeys)
  const problems = [
    ...found,
    ...Object.entries(sectionKeys).flatMap(([key, keys]) => sectionProblems(key, value[key], keys)),
    ...speedProblems(value.speed, cpuClasses),
    ...intervalProblems(value),
  ]
  if (problems.length > 0) {
    throw invalid(
      file,
      problems.map(({ path, text }) => ({ line: yamlLineOf(path, document, lines), text })),
    )
  }
  return targetOf(value)
}

/** A valid file with every key, for `--example`. */
export const exampleTarget = `# A host (or four equal ones) that figures are projected to.
name: db-x86
cores: 32                # physical cores of one host
threadsPerCore: 2        # 2 = SMT (hyper-threading) is on
memoryGiB: 256
speed:                   # one of the three
  cpuClass: xeon-cascade-lake
  # calibration: target.json   # corelab calibrate --out target.json, on the target
  # ratio: [0.9, 1.3]          # one busy core there over one here, 90 % interval
fsync:                   # of one small write; leave it out when not known
  medianUs: 80
  p95Us: 200
network:
  gbit: 10
  roundTripUs: 60
layout: host-per-node    # or one-host
clients:
  where: remote          # or local
  # share: 0.25          # local: part of the cores that is kept for them
connections: 200
applierThreads: 4
`

type Check = (value: unknown) => string | null

const number =
  (min: number, max: number, whole = false): Check =>
  (value) =>
    typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))
      ? null
      : `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`
const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value) ? null : allowed.join(' or ')
const textValue: Check = (value) => (typeof value === 'string' && value !== '' ? null : 'text')
const section: Check = (value) => (isRecord(value) ? null : 'keys and values')

interface Key {
  readonly check: Check
  readonly required?: boolean
}

const hostKeys: Readonly<Record<string, Key>> = {
  name: { check: textValue },
  cores: { check: number(1, 4096, true), required: true },
  threadsPerCore: { check: oneOf(1, 2) },
  memoryGiB: { check: number(1, 1_000_000) },
  speed: { check: section, required: true },
  fsync: { check: section },
  network: { check: section },
  layout: { check: oneOf('one-host', 'host-per-node') },
  clients: { check: section },
  connections: { check: number(1, 100_000, true) },
  applierThreads: { check: number(1, 1024, true) },
}

const sectionKeys: Readonly<Record<string, Readonly<Record<string, Key>>>> = {
  speed: {
    calibration: { check: textValue },
    cpuClass: { check: textValue },
    ratio: { check: (value) => (isRatio(value) ? null : 'two numbers from 0.05 to 20, e.g. [0.9, 1.3]') },
  },
  fsync: {
    medianUs: { check: number(1, 1_000_000), required: true },
    p95Us: { check: number(1, 1_000_000), required: true },
  },
  network: {
    gbit: { check: number(0.01, 1000), required: true },
    roundTripUs: { check: number(1, 1_000_000) },
  },
  clients: {
    where: { check: oneOf('local', 'remote'), required: true },
    share: { check: number(0.01, 0.9) },
  },
}

interface Problem {
  readonly path: readonly string[]
  readonly text: string
}

function sectionProblems(
  name: string,
  value: unknown,
  keys: Readonly<Record<string, Key>>,
): readonly Problem[] {
  return isRecord(value) ? readRecord(name, value, keys) : []
}

function readRecord(
  prefix: string,
  value: Readonly<Record<string, unknown>>,
  keys: Readonly<Record<string, Key>>,
): readonly Problem[] {
  const pathOf = (key: string) => [...(prefix === '' ? [] : [prefix]), key]
  const unknown = Object.keys(value)
    .filter((key) => !(key in keys))
    .map((key) => ({ path: pathOf(key), text: unknownKeyText(pathOf(key), Object.keys(keys)) }))
  const wrong = Object.entries(keys).flatMap(([key, { check, required }]): readonly Problem[] => {
    const path = pathOf(key)
    if (!(key in value)) return required ? [{ path, text: `${path.join('.')} is missing` }] : []
    const allowed = check(value[key])
    if (allowed === null) return []
    return [{ path, text: `${path.join('.')} is ${JSON.stringify(value[key])}; allowed: ${allowed}` }]
  })
  return [...unknown, ...wrong]
}

function speedProblems(value: unknown, cpuClasses: readonly { readonly id: string }[]): readonly Problem[] {
  if (!isRecord(value)) return []
  const given = Object.keys(sectionKeys.speed ?? {}).filter((key) => key in value)
  const path = ['speed']
  if (given.length !== 1) {
    const which = given.length === 0 ? 'none of them' : given.join(' and ')
    return [{ path, text: `speed needs exactly one of calibration, cpuClass and ratio; it has ${which}` }]
  }
  const { cpuClass } = value
  const ids = cpuClasses.map(({ id }) => id)
  if (typeof cpuClass !== 'string' || ids.includes(cpuClass)) return []
  const text = `speed.cpuClass is "${cpuClass}"; allowed: ${ids.join(', ')}${didYouMean(nearest(cpuClass, ids))}`
  return [{ path: [...path, 'cpuClass'], text }]
}

/** Values that are allowed alone and not together. */
function intervalProblems({ fsync, clients }: Readonly<Record<string, unknown>>): readonly Problem[] {
  const problems: Problem[] = []
  if (isRecord(fsync) && Number(fsync.p95Us) < Number(fsync.medianUs))
    problems.push({ path: ['fsync', 'p95Us'], text: 'fsync.p95Us is below fsync.medianUs' })
  if (isRecord(clients) && clients.where === 'remote' && 'share' in clients)
    problems.push({
      path: ['clients', 'share'],
      text: 'clients.share is only for local clients: remote ones take no cores of this host',
    })
  return problems
}

function targetOf(value: Readonly<Record<string, unknown>>): TargetHost {
  const fsync = value.fsync as TargetHost['fsync'] | undefined
  const network = value.network as { readonly gbit: number; readonly roundTripUs?: number } | undefined
  const clients = value.clients as { readonly where: 'local' | 'remote'; readonly share?: number } | undefined
  return {
    name: (value.name as string | undefined) ?? 'target',
    cores: value.cores as number,
    threadsPerCore: (value.threadsPerCore as 1 | 2 | undefined) ?? 1,
    speed: speedOf(value.speed as Readonly<Record<string, unknown>>),
    fsync: fsync ?? null,
    network: network ? { gbit: network.gbit, roundTripUs: network.roundTripUs ?? null } : null,
    layout: (value.layout as TargetHost['layout'] | undefined) ?? 'one-host',
    clients: { where: clients?.where ?? 'local', share: clients?.share ?? null },
    connections: (value.connections as number | undefined) ?? 200,
    applierThreads: (value.applierThreads as number | undefined) ?? 4,
    memoryBytes: typeof value.memoryGiB === 'number' ? value.memoryGiB * 2 ** 30 : null,
  }
}

function speedOf(speed: Readonly<Record<string, unknown>>): TargetSpeed {
  if (typeof speed.calibration === 'string') return { by: 'calibration', file: speed.calibration }
  if (typeof speed.cpuClass === 'string') return { by: 'class', cpuClass: speed.cpuClass }
  const [low, high] = speed.ratio as [number, number]
  return { by: 'ratio', low, high }
}

function isRatio(value: unknown): boolean {
  const within = (each: unknown) => typeof each === 'number' && each >= 0.05 && each <= 20
  return Array.isArray(value) && value.length === 2 && value.every(within) && value[0] <= value[1]
}

function invalid(file: string, problems: readonly { readonly line: number; readonly text: string }[]) {
  const sorted = [...problems].sort((a, b) => a.line - b.line)
  return corelabError('TARGET_INVALID', {
    message: `${file} does not describe a target host${sorted.length > 1 ? ` (${sorted.length} problems)` : ''}`,
    detail: sorted.map(({ line, text }) => `line ${line}: ${text}`).join('\n'),
    fix: [`Edit ${file}, line ${sorted[0]?.line ?? 1}`, 'corelab bench project --example'],
  })
}
