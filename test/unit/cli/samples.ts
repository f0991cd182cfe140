import type { Endpoints } from '../../../src/cluster/endpoints.js'
import type { ComponentStatus, EnvironmentStatus } from '../../../src/model/environment.js'

const host = '127.0.0.1'

/** After a failover: db-2 is master. */
export const endpoints: Endpoints = {
  engine: 'mariadb',
  databases: [
    { name: 'db-1', role: 'quarantined', host, port: 20001, socketPath: '/run/db-1.sock' },
    { name: 'db-2', role: 'master', host, port: 20002, socketPath: '/run/db-2.sock' },
    { name: 'db-3', role: 'slave-1', host, port: 20003, socketPath: '/run/db-3.sock' },
    { name: 'db-4', role: 'slave-2', host, port: 20004, socketPath: '/run/db-4.sock' },
  ],
  redis: { host, port: 20005, password: 'secret-redis' },
  rabbitmq: { host, port: 20006, user: 'corelab', password: 'secret-rabbitmq', vhost: 'corelab' },
  subsystems: { url: 'http://127.0.0.1:20000' },
  secrets: {
    schema: 'corelab/secrets@1',
    database: {
      keeper: 'secret-keeper',
      replication: 'secret-replication',
      qlink: 'secret-qlink',
      schema: 'secret-schema',
      loader: 'secret-loader',
      workload: 'secret-workload',
      subsystems: { pay: 'secret-pay', cif: 'secret-cif' },
    },
    redis: 'secret-redis',
    rabbitmq: 'secret-rabbitmq',
    erlangCookie: 'secret-cookie',
  },
}

function component(change: Partial<ComponentStatus> & { readonly name: string }): ComponentStatus {
  return {
    kind: 'database',
    state: 'ready',
    role: null,
    endpoint: `${host}:20001`,
    pid: 4711,
    memoryBytes: 412 * 1024 * 1024,
    lagTransactions: null,
    detail: null,
    ...change,
  }
}

export const usableStatus: EnvironmentStatus = {
  project: '/srv/bank',
  env: 'default',
  profile: 'small',
  state: 'usable',
  epoch: 1,
  topology: null,
  components: [
    component({ name: 'db-1', role: 'master' }),
    component({ name: 'db-2', role: 'shadow', endpoint: `${host}:20002`, pid: 4712, lagTransactions: 0 }),
    component({ name: 'db-3', role: 'slave-1', endpoint: `${host}:20003`, pid: 4713, lagTransactions: 12 }),
    component({
      name: 'db-4',
      role: 'slave-2',
      endpoint: `${host}:20004`,
      pid: 4714,
      lagTransactions: 1_204,
    }),
    component({
      name: 'redis',
      kind: 'cache',
      endpoint: `${host}:20005`,
      pid: 4715,
      memoryBytes: 9 * 1024 ** 2,
    }),
    component({ name: 'rabbitmq', kind: 'broker', endpoint: `${host}:20006`, pid: 4716 }),
    component({ name: 'subsystems', kind: 'subsystem-host', endpoint: `http://${host}:20000`, pid: 4717 }),
  ],
  problem: null,
  next: ['corelab connect db-1', 'corelab logs --follow', 'corelab down'],
}

export const degradedStatus: EnvironmentStatus = {
  ...usableStatus,
  state: 'degraded',
  epoch: 2,
  components: usableStatus.components.map((each) =>
    each.name === 'db-1'
      ? {
          ...each,
          state: 'quarantined',
          role: 'quarantined',
          pid: null,
          memoryBytes: null,
          detail: 'its history must be compared before it serves again',
        }
      : each,
  ),
  next: ['corelab up   (rebuilds the quarantined node)'],
}
