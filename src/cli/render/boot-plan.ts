import { showablePlan } from '../../cluster/plan-boot.js'
import { formatBytes } from '../../kit/units.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { ComponentSpec } from '../../model/component-spec.js'
import { engineTitles } from '../../model/database-engine.js'
import type { Answer } from '../answer.js'
import type { Screen } from '../terminal.js'
import { indented, labelled } from './layout.js'
import type { Column } from './table.js'
import { tableLines } from './table.js'

export function bootPlanAnswer(plan: BootPlan): Answer {
  return { data: { plan: showablePlan(plan) }, lines: (screen) => bootPlanLines(plan, screen), env: plan.env }
}

/** `up --dry-run`: what would be started, where, and what it may use. */
export function bootPlanLines(plan: BootPlan, screen: Screen): string[] {
  const { profile, versions, ports } = plan
  const roles = new Map(plan.nodes.map(({ name, role }) => [name as string, role as string]))
  return [
    `Plan for environment ${screen.paint.strong(plan.env)} of ${plan.project.name}. Nothing was started.`,
    '',
    ...indented(
      labelled([
        [
          'profile',
          `${profile.name}: up to ${formatBytes(profile.memoryBytesMax)} of memory, ${formatBytes(profile.diskBytesMin)} of disk`,
        ],
        [
          'servers',
          `${engineTitles[plan.engine]} ${versions.database}, Redis ${versions.redis}, RabbitMQ ${versions.rabbitmq}`,
        ],
        ['ports', `from ${ports.base}, on 127.0.0.1 only`],
        ['state', plan.stateDir],
      ]),
      2,
    ),
    '',
    ...tableLines(columns(roles), plan.components, { width: screen.width, titleStyle: screen.paint.faint }),
  ]
}

function columns(roles: ReadonlyMap<string, string>): Column<ComponentSpec>[] {
  return [
    { title: 'COMPONENT', cell: (spec) => spec.name },
    { title: 'ROLE', cell: (spec) => roles.get(spec.name) ?? '' },
    { title: 'PORTS', cell: (spec) => spec.ports.join(', ') },
    { title: 'READY WITHIN', align: 'right', cell: (spec) => `${Math.round(spec.readyLimitMs / 1000)} s` },
    { title: 'PROGRAM', cell: (spec) => spec.command },
  ]
}
