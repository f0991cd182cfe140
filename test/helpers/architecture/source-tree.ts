import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'

/** Every source file: its path from the root of the clone, with `/`, and its text. */
export type SourceTree = ReadonlyMap<string, string>

const sourceFile = /\.(tsx?|mjs|js)$/

/** Reads the source files below these folders. */
export function readSourceTree(root: string, folders: readonly string[]): SourceTree {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
      .filter((path) => sourceFile.test(path)),
  )
  return new Map(files.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

/** Everything a file imports, in any form: static, type only, dynamic, re-export, `import('x').Type`. */
export function specifiersOf(text: string): string[] {
  const { importedFiles } = ts.preProcessFile(text, true, true)
  return [...new Set(importedFiles.map(({ fileName }) => fileName))]
}

/** The path of an imported file in the tree; null when the specifier names a package. */
export function resolveSpecifier(importer: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  return posix.normalize(posix.join(posix.dirname(importer), specifier))
}

/** The package of a specifier: `ink`, `@oclif/core`, `node:fs`. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}
