import { planMysqlComponent } from '../../src/components/mysql/mysql-component.js'
import { planRabbitmqComponent } from '../../src/components/rabbitmq/rabbitmq-component.js'
import { planRedisComponent } from '../../src/components/redis/redis-component.js'
import { planSubsystemHostComponent } from '../../src/components/subsystem-host/subsystem-host-component.js'
import type { ComponentSpec } from '../../src/model/component-spec.js'
import type { DatabaseEngine } from '../../src/model/database-engine.js'
import { nodeNames } from '../../src/model/node.js'
import { type ProfileName, profiles } from '../../src/model/profile.js'
import { statePaths } from '../../src/sys/state-dir.js'
import { testSecrets } from './secrets.js'

/** Every component's plan for a state dir, with ports from 23000 and programs that are not there. */
export function plannedComponents(
  stateDir: string,
  options: {
    readonly profile?: ProfileName
    readonly asRoot?: boolean
    readonly directIo?: boolean
    readonly engine?: DatabaseEngine
  } = {},
): readonly ComponentSpec[] {
  const paths = statePaths(stateDir)
  const profile = profiles[options.profile ?? 'small']
  const common = { profile, secrets: testSecrets, userConfig: '' }
  const databases = nodeNames.map((node, index) =>
    planMysqlComponent({
      ...common,
      node,
      engine: options.engine ?? 'mariadb',
      program: options.engine === 'mysql' ? '/usr/sbin/mysqld' : '/usr/sbin/mariadbd',
      paths: paths.component(node),
      socketPath: `${stateDir}/run/${node}.sock`,
      port: 23_000 + index,
      controlPort: 23_010 + index,
      loadDir: paths.loadDir,
      asRoot: options.asRoot ?? false,
      directIo: options.directIo ?? true,
    }),
  )
  return [
    ...databases,
    planRedisComponent({
      ...common,
      program: '/usr/bin/redis-server',
      paths: paths.component('redis'),
      port: 23_020,
    }),
    planRabbitmqComponent({
      ...common,
      programs: {
        server: { path: '/usr/lib/rabbitmq/bin/rabbitmq-server', version: '3.10.8' },
        portMapperPath: '/usr/bin/epmd',
      },
      paths: paths.component('rabbitmq'),
      ports: { amqp: 23_021, distribution: 23_022, portMapper: 23_023 },
    }),
    planSubsystemHostComponent({
      program: '/usr/bin/node',
      entryFile: '/opt/corelab/dist/subsystems/host-main.js',
      stateDir,
      paths: paths.component('subsystems'),
      port: 23_024,
    }),
  ]
}
