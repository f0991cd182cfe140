import { expect, test } from 'vitest'
import { lowestMariadb, serverPrograms } from '../../scripts/setup/servers/programs.mjs'
import { mysqlPrograms } from '../../src/components/mysql/installation.js'
import { rabbitmqPrograms } from '../../src/components/rabbitmq/rabbitmq-component.js'
import { redisPrograms } from '../../src/components/redis/redis-component.js'

// The setup runs before anything is compiled, so it has a list of its own.
const needed = [mysqlPrograms, redisPrograms, rabbitmqPrograms].flatMap((programs) => Object.values(programs))

test.each(needed.map(({ names, packages }) => [names[0], packages[0]]))(
  'what a component starts, %s, is what the setup looks for and installs with %s',
  (program, debianPackage) => {
    expect(serverPrograms).toContainEqual({ program, debianPackage })
  },
)

test('component and setup agree on the lowest MariaDB', () => {
  expect(`${mysqlPrograms.server.versionMin}.0`).toBe(lowestMariadb)
})
