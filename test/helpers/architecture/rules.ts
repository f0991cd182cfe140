import { posix } from 'node:path'
import type { Architecture } from './architecture.js'
import type { SourceTree } from './source-tree.js'
import { packageOf, resolveSpecifier, specifiersOf } from './source-tree.js'

/** A rule: from the tree to one sentence for each violation. */
export type Rule = (tree: SourceTree, architecture: Architecture) => string[]

const linesMax = 350

/** A folder of `src/` is in the table of floors; nothing lies beside the folders. */
export const everyFolderHasAFloor: Rule = (tree, { floors }) =>
  pathsIn(tree, 'src/')
    .filter((path) => !floors.has(folderOf(path)))
    .map((path) => `${path} lies in no folder of the table of floors`)

/** A file imports from lower floors and from its own folder, and nothing of this clone outside `src/`. */
export const importsGoDown: Rule = (tree, { floors }) =>
  internalImports(tree).flatMap(({ from, to }) => {
    if (!to.startsWith('src/')) return [`${from} imports ${to}, which is outside src/`]
    if (folderOf(from) === folderOf(to)) return []
    const [own, other] = [floors.get(folderOf(from)), floors.get(folderOf(to))]
    if (own === undefined || other === undefined || other < own) return []
    return [`${from} (floor ${own}) imports ${to} (floor ${other})`]
  })

/** Commands are declarations: what two of them share belongs to a lower floor. */
export const commandsStandAlone: Rule = (tree) =>
  internalImports(tree)
    .filter(({ from, to }) => folderOf(from) === 'commands' && folderOf(to) === 'commands')
    .map(({ from, to }) => `command ${from} imports command ${to}`)

/** A relative import names an existing file; otherwise the other rules would not see where it leads. */
export const importsExist: Rule = (tree) =>
  internalImports(tree)
    .filter(({ to }) => to.startsWith('src/') && sourceOf(tree, to) === null)
    .map(({ from, to }) => `${from} imports ${to}, which does not exist`)

/** Fenced packages stay where the table says. */
export const fencesHold: Rule = (tree, { fences }) =>
  [...tree].flatMap(([path, text]) => {
    const packages = specifiersOf(text)
      .filter((specifier) => resolveSpecifier(path, specifier) === null)
      .map(packageOf)
    return fences.flatMap((fence) => {
      const mayUse = fence.onlyIn.length > 0 ? isIn(path, fence.onlyIn) : !isIn(path, fence.neverIn)
      if (mayUse) return []
      return packages
        .filter((name) => fence.packages.some((pattern) => matches(name, pattern)))
        .map((name) => `${path} imports ${name}`)
    })
  })

/** No file reaches itself through its imports; type imports count. */
export const noCycles: Rule = (tree) => {
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
      return
    }
    if (state.has(path)) return
    state.set(path, 'open')
    for (const next of importsOf(tree, path)) visit(next, [...trail, path])
    state.set(path, 'done')
  }
  for (const path of pathsIn(tree, 'src/')) visit(path, [])
  return cycles
}

/** `index.ts` is what oclif lists a topic by, and nothing else; a file that only re-exports is a barrel. */
export const noBarrels: Rule = (tree) =>
  pathsIn(tree, 'src/')
    .filter((path) => /\/index\.tsx?$/.test(path) && folderOf(path) !== 'commands')
    .map((path) => `${path} is a barrel`)

/** One idea per file, on a few screens. A list of tests may be longer: it is read by its titles. */
export const filesAreShort: Rule = (tree) =>
  [...tree]
    .filter(([path]) => !path.startsWith('test/'))
    .map(([path, text]) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > linesMax)
    .map(({ path, lines }) => `${path} has ${lines} lines, more than ${linesMax}`)

interface InternalImport {
  readonly from: string
  readonly to: string
}

function internalImports(tree: SourceTree): InternalImport[] {
  return pathsIn(tree, 'src/').flatMap((from) =>
    specifiersOf(tree.get(from) ?? '')
      .map((specifier) => resolveSpecifier(from, specifier))
      .filter((to) => to !== null)
      .map((to) => ({ from, to })),
  )
}

function importsOf(tree: SourceTree, from: string): string[] {
  return specifiersOf(tree.get(from) ?? '')
    .map((specifier) => resolveSpecifier(from, specifier))
    .map((to) => (to === null ? null : sourceOf(tree, to)))
    .filter((to) => to !== null)
}

/** The TypeScript file behind a `.js` specifier. */
function sourceOf(tree: SourceTree, path: string): string | null {
  const stem = path.replace(/\.js$/, '')
  return [`${stem}.ts`, `${stem}.tsx`, path].find((candidate) => tree.has(candidate)) ?? null
}

function pathsIn(tree: SourceTree, folder: string): string[] {
  return [...tree.keys()].filter((path) => path.startsWith(folder))
}

/** `src/sys/files.ts` -> `sys`; a file directly below `src/` has its own name, which is on no floor. */
function folderOf(path: string): string {
  return path.split(posix.sep)[1] ?? path
}

function isIn(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(folder))
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}
