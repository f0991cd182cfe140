import { expect, test } from 'vitest'
import { databaseChoice } from '../../../src/cluster/database-choice.js'
import type { EnvironmentRecord } from '../../../src/model/environment.js'
import type { Project } from '../../../src/model/project-config.js'
import { parseConfig } from '../../../src/project/parse-config.js'

function projectWith(database: string): Project {
  return { dir: '/home/lee/bank', config: parseConfig(`name: bank\ndatabase: ${database}\n`, 'corelab.yaml') }
}

test('a new environment runs what corelab.yaml says; a folder of programs is relative to the project', () => {
  expect(databaseChoice(projectWith('{}'), null)).toEqual({ engine: 'mariadb', programsDir: null })
  expect(databaseChoice(projectWith('{ engine: mysql, programs: ../mysql/bin }'), null)).toEqual({
    engine: 'mysql',
    programsDir: '/home/lee/mysql/bin',
  })
})

test('an environment keeps the engine that made its data, and then not the folder of the other one', () => {
  const record = { engine: 'mariadb' } as EnvironmentRecord

  expect(databaseChoice(projectWith('{ engine: mysql, programs: /opt/mysql/bin }'), record)).toEqual({
    engine: 'mariadb',
    programsDir: null,
  })
})
