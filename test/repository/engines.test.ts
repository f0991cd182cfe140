import { expect, test } from 'vitest'
import { lowestNode } from '../../scripts/setup/node-version.mjs'
import { acceptsVersion } from '../helpers/node-range.js'
import { readRepositoryFile } from '../helpers/repository.js'

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly engines?: { readonly node?: string } }>>
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
