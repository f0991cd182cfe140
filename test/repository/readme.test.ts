import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exitCodes } from '../../src/kit/exit-codes.js'
import { formatBytes } from '../../src/kit/units.js'
import { profiles } from '../../src/model/profile.js'
import { readRepositoryFile, repositoryDir } from '../helpers/repository.js'

const readme = readRepositoryFile('README.md')

test('the first two commands are npm start and npm test, and CI runs what the README says', () => {
  const [first = '', second = ''] = [...readme.matchAll(/^npm .*$/gm)].map(
    ([line]) => line.split(/\s{2,}|\s+#/)[0],
  )
  const ci = readRepositoryFile('.ci/run')

  expect([first, second]).toEqual(['npm start', 'npm test'])
  expect(ci).toMatch(/^npm test /m)
  expect(ci).toMatch(/^npm run check /m)
  expect(readme).toContain('npm run check')
})

test('the table of exit codes is the one in the code', () => {
  const documented = rowsOf('Exit codes').map(([code]) => Number(code))

  expect(documented).toEqual(Object.values(exitCodes).sort((a, b) => a - b))
})

test('the table of profiles is the one in the code', () => {
  const documented = rowsOf('Profiles')

  expect(documented.map(([name, memory, disk]) => [name, memory, disk])).toEqual(
    Object.values(profiles).map(({ name, memoryBytesMax, diskBytesMin }) => [
      `\`${name}\``,
      formatBytes(memoryBytesMax),
      formatBytes(diskBytesMin),
    ]),
  )
})

test('every command is in the table of commands, and every row is a command', () => {
  const documented = rowsOf('Commands').map(
    ([cell = '']) => /^`corelab ([a-z ]+?)(?: [[<-].*)?`$/.exec(cell)?.[1],
  )

  expect(documented.toSorted()).toEqual(commandNames().toSorted())
})

test('every script that the README and CONTRIBUTING name exists', () => {
  const { scripts } = JSON.parse(readRepositoryFile('package.json')) as { scripts: Record<string, string> }
  const text = readme + readRepositoryFile('CONTRIBUTING.md')

  const named = [...text.matchAll(/npm run ([a-z:-]+)/g)].map(([, name = '']) => name)

  expect(named.filter((name) => !(name in scripts))).toEqual([])
})

test('every link inside the clone leads to a file', () => {
  const missing = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].flatMap((page) =>
    [...readRepositoryFile(page).matchAll(/\]\((?!https?:)([^)#]+)/g)]
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(join(repositoryDir, path)))
      .map((path) => `${page} links to ${path}`),
  )

  expect(missing).toEqual([])
})

/** The cells of the table in the section with this heading, without the header. */
function rowsOf(heading: string): string[][] {
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

/** Commands as typed, from the files that oclif finds; hidden ones are not for users. */
function commandNames(): string[] {
  const dir = join(repositoryDir, 'src', 'commands')
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter(
      (file) =>
        !/static override (readonly )?hidden = true/.test(readRepositoryFile(join('src/commands', file))),
    )
    .map((file) =>
      file
        .replace(/\.ts$/, '')
        .replace(/\/index$/, '')
        .replaceAll('/', ' '),
    )
}
