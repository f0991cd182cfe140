import { expect, test } from 'vitest'
import { readRepositoryFile } from '../helpers/repository.js'

test('docs/dependencies.md gives one reason for each runtime dependency, and for no other', () => {
  const { dependencies } = JSON.parse(readRepositoryFile('package.json')) as {
    dependencies: Record<string, string>
  }

  const explained = [...readRepositoryFile('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| \S.+ \|$/gm)]

  expect(explained.map(([, name]) => name)).toEqual(Object.keys(dependencies).sort())
})
