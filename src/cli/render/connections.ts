import type { Endpoints } from '../../cluster/endpoints.js'
import type { UpOutcome } from '../../cluster/up.js'
import type { Answer } from '../answer.js'
import type { Screen } from '../terminal.js'
import { indented, labelled } from './layout.js'
import { nextStepLines } from './next-steps.js'

export function upAnswer(outcome: UpOutcome): Answer {
  const { status, alreadyRunning } = outcome
  return {
    data: { alreadyRunning, status, endpoints: withoutPasswords(outcome.endpoints) },
    lines: (screen) => connectionLines(outcome, screen),
    env: status.env,
  }
}

/** What `up` ends with: where everything is, and what to do now. No passwords. */
export function connectionLines(outcome: UpOutcome, screen: Screen): string[] {
  const { status, endpoints } = outcome
  const { paint } = screen
  const verdict = outcome.alreadyRunning ? 'was running already' : `is ${status.state}`
  const facts = [
    `${status.components.length} components`,
    `epoch ${status.epoch ?? '-'}`,
    `profile ${status.profile ?? '-'}`,
  ]
  return [
    `Environment ${paint.strong(status.env)} ${verdict}: ${facts.join(', ')}`,
    '',
    ...indented(labelled(addresses(endpoints)), 2),
    '',
    ...nextStepLines(status.next, { env: status.env, screen }),
  ]
}

function addresses(endpoints: Endpoints): (readonly [string, string])[] {
  const { databases, redis, rabbitmq, subsystems } = endpoints
  return [
    ...databases.map(
      ({ name, role, host, port }) => [`${name} (${role})`, `mysql://${host}:${port}`] as const,
    ),
    ['redis', `redis://${redis.host}:${redis.port}`],
    ['rabbitmq', `amqp://${rabbitmq.user}@${rabbitmq.host}:${rabbitmq.port}/${rabbitmq.vhost}`],
    ['subsystems', subsystems.url],
  ]
}

function withoutPasswords({ databases, redis, rabbitmq, subsystems }: Endpoints) {
  return {
    databases,
    redis: { host: redis.host, port: redis.port },
    rabbitmq: { host: rabbitmq.host, port: rabbitmq.port, user: rabbitmq.user, vhost: rabbitmq.vhost },
    subsystems,
  }
}
