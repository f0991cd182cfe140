import { expect, test } from 'vitest'
import { parseArchitecture } from './helpers/architecture/architecture.js'
import {
  commandsStandAlone,
  everyFolderHasAFloor,
  fencesHold,
  filesAreShort,
  importsExist,
  importsGoDown,
  noBarrels,
  noCycles,
} from './helpers/architecture/rules.js'
import { readSourceTree } from './helpers/architecture/source-tree.js'
import { readRepositoryFile, repositoryDir } from './helpers/repository.js'

// The tables in ARCHITECTURE.md are the rules: change a floor there, with a reason in docs/adr/, and nowhere else.
const architecture = parseArchitecture(readRepositoryFile('ARCHITECTURE.md'))
const tree = readSourceTree(repositoryDir, ['src', 'test', 'bench', 'scripts', 'bin'])

test('every folder of src/ has a floor', () => {
  expect(everyFolderHasAFloor(tree, architecture)).toEqual([])
})

test('imports go down, never sideways and never up', () => {
  expect(importsGoDown(tree, architecture)).toEqual([])
})

test('no command imports another command', () => {
  expect(commandsStandAlone(tree, architecture)).toEqual([])
})

test('every relative import names a file of the tree', () => {
  expect(importsExist(tree, architecture)).toEqual([])
})

test('fenced packages stay behind their fence', () => {
  expect(fencesHold(tree, architecture)).toEqual([])
})

test('no file reaches itself through its imports', () => {
  expect(noCycles(tree, architecture)).toEqual([])
})

test('there are no barrels', () => {
  expect(noBarrels(tree, architecture)).toEqual([])
})

test('every file is short enough to read', () => {
  expect(filesAreShort(tree, architecture)).toEqual([])
})
