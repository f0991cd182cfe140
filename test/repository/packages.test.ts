import { expect, test } from 'vitest'
import { lowestNode } from '../../scripts/setup/node-version.mjs'
import { acceptsVersion } from '../helpers/node-range.js'
import { readRepositoryFile } from '../helpers/repository.js'

interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

interface LockedPackage {
  readonly engines?: { readonly node?: string }
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

test('every package of the lock file accepts the lowest Node.js that we promise', () => {
  const { packages } = JSON.parse(readRepositoryFile('package-lock.json')) as LockFile

  const refusing = Object.entries(packages)
    .filter(([, { engines }]) => !acceptsVersion(engines?.node ?? '*', lowestNode))
    .map(([name, { engines }]) => `${name} needs Node ${engines?.node}`)

  expect(refusing).toEqual([])
})

test('package.json, the setup and the lock file name the same lowest Node.js', () => {
  const { engines } = JSON.parse(readRepositoryFile('package.json')) as { engines: { node: string } }

  expect(`${engines.node.replace('>=', '')}.0`).toBe(lowestNode)
})

test('every version in package.json is exact', () => {
  const { dependencies, devDependencies } = JSON.parse(readRepositoryFile('package.json')) as Record<
    string,
    Record<string, string>
  >

  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  )

  expect(loose).toEqual([])
})

// npm leaves out the variants that it could not look up; `npm ci` then fails on every machine, not only there.
test('the lock file holds the variants of every platform', () => {
  const { packages } = JSON.parse(readRepositoryFile('package-lock.json')) as LockFile
  const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)))

  const absent = Object.values(packages)
    .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
    .filter((name) => !locked.has(name))

  expect(absent).toEqual([])
})
