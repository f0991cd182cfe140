import type { ErrorObject, SchemaObject } from 'ajv'
import { Ajv } from 'ajv'
import { nearest } from '../kit/nearest.js'
import { projectSchema } from '../model/project-schema.js'

/** What the schema says against a value, as a sentence, and where in the value it is. */
export interface SchemaProblem {
  /** Keys from the root, e.g. `['subsystems', 'pay', 'handler']`. */
  readonly path: readonly string[]
  /** Whether the key itself is wrong, not its value. */
  readonly aboutKey: boolean
  readonly text: string
}

/**
 * Validates the value of `corelab.yaml`, or of another file with a schema; an empty list means that it is valid, here a
 * ProjectFile. All problems at once, one for each place.
 * `patternErrorMessage` beside a `pattern` says in words what it allows.
 */
export function schemaProblems(
  value: unknown,
  schema: SchemaObject = projectSchema,
): readonly SchemaProblem[] {
  const validate = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true })
    .addVocabulary(['patternErrorMessage', 'unquotedErrorMessage'])
    .compile(schema)
  if (validate(value)) return []
  const seen = new Set<string>()
  // A wrong name is told of with what is wrong about it.
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'propertyNames')
  return errors.map(problemOf).filter(({ path }) => {
    const key = path.join('/')
    const isFirst = !seen.has(key)
    seen.add(key)
    return isFirst
  })
}

interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly maxLength?: number
  readonly patternErrorMessage?: string
  /** A sentence about the value that does not repeat it. */
  readonly unquotedErrorMessage?: string
  readonly properties?: Readonly<Record<string, unknown>>
}

function problemOf(error: ErrorObject): SchemaProblem {
  const parent = pathOf(error.instancePath)
  const node = (error.parentSchema ?? {}) as SchemaNode
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty)
    const path = [...parent, key]
    return { path, aboutKey: true, text: unknownKeyText(path, Object.keys(node.properties ?? {})) }
  }
  if (error.propertyName !== undefined) {
    const path = [...parent, error.propertyName]
    const text = `${path.join('.')} is not a name; allowed: ${node.patternErrorMessage ?? ''}`
    return { path, aboutKey: true, text }
  }
  if (error.keyword === 'required') {
    const path = [...parent, String(error.params.missingProperty)]
    return { path, aboutKey: true, text: `${path.join('.')} is missing` }
  }
  return { path: parent, aboutKey: false, text: wrongValueText(parent, error.data, node) }
}

/** `corse is not a known key; allowed: cores, name. Did you mean cores?` */
export function unknownKeyText(path: readonly string[], allowed: readonly string[]): string {
  const guess = nearest(path.at(-1) ?? '', allowed)
  return `${path.join('.')} is not a known key; allowed: ${allowed.join(', ')}${didYouMean(guess)}`
}

function wrongValueText(path: readonly string[], value: unknown, node: SchemaNode): string {
  const subject = path.length === 0 ? 'the file' : path.join('.')
  if (node.unquotedErrorMessage !== undefined) return `${subject} ${node.unquotedErrorMessage}`
  const guess = typeof value === 'string' && node.enum ? nearest(value, node.enum) : null
  return `${subject} is ${describe(value)}; allowed: ${allowedText(node)}${didYouMean(guess)}`
}

/** Goes on with a sentence that has no full stop yet; nothing without a guess. */
export function didYouMean(guess: string | null): string {
  return guess === null ? '' : `. Did you mean ${guess}?`
}

function allowedText(node: SchemaNode): string {
  if (node.enum) return node.enum.join(', ')
  const types = [node.type ?? []].flat()
  return types.map((type) => typeText(type, node)).join(', or ')
}

function typeText(type: string, node: SchemaNode): string {
  switch (type) {
    case 'integer':
      return `a whole number${boundsText(node)}`
    case 'number':
      return `a number${boundsText(node)}`
    case 'string':
      return node.patternErrorMessage ?? (node.maxLength ? `text of 1 to ${node.maxLength} letters` : 'text')
    case 'object':
      return node.properties
        ? `keys and values (${Object.keys(node.properties).join(', ')})`
        : 'names, each with keys and values'
    default:
      return type === 'null' ? 'null' : type
  }
}

function boundsText({ minimum, maximum, exclusiveMinimum }: SchemaNode): string {
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`
  if (minimum === undefined) return ''
  return maximum === undefined ? `, ${minimum} or more` : ` from ${minimum} to ${maximum}`
}

/** Long values are cut: the line number says where the rest is. */
const valueShownLettersMax = 60

function describe(value: unknown): string {
  if (value === null) return 'empty (null)'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return 'a mapping of keys and values'
  if (typeof value === 'string') return `${cut(JSON.stringify(value))} (text)`
  return `${String(value)} (a ${typeof value})`
}

function cut(text: string): string {
  return text.length > valueShownLettersMax ? `${text.slice(0, valueShownLettersMax)}...` : text
}

function pathOf(jsonPointer: string): readonly string[] {
  const steps = jsonPointer.split('/').slice(1)
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
