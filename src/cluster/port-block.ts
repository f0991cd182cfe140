import { corelabError } from '../kit/errors.js'
import { hash32 } from '../kit/random.js'
import type { PortPlan } from '../model/boot-plan.js'
import { nodeNames } from '../model/node.js'

/** Ports of one environment are neighbours, so that a person recognises them. */
export const blockPorts = 40
/** Below Linux's range of ephemeral ports (32768...), away from the well-known ports of the servers. */
const firstBlockPort = 20_000
const blockCount = 300

/** Every port by purpose, from the first of the block. Pure. */
export function portsFrom(base: number): PortPlan {
  return {
    base,
    databases: Object.fromEntries(
      nodeNames.map((name, index) => [name, { port: base + 1 + index, controlPort: base + 11 + index }]),
    ),
    redis: base + 5,
    rabbitmq: base + 6,
    rabbitmqDistribution: base + 7,
    epmd: base + 8,
    subsystems: base,
    network: base + 20,
  }
}

/** All ports of a plan with who wants them, for the check before a start. */
export function portsWanted(plan: PortPlan): { readonly port: number; readonly wantedBy: string }[] {
  const databases = Object.entries(plan.databases).flatMap(([name, { port, controlPort }]) => [
    { port, wantedBy: name },
    { port: controlPort, wantedBy: `${name} (control)` },
  ])
  return [
    { port: plan.subsystems, wantedBy: 'subsystems' },
    ...databases,
    { port: plan.redis, wantedBy: 'redis' },
    { port: plan.rabbitmq, wantedBy: 'rabbitmq' },
    { port: plan.rabbitmqDistribution, wantedBy: 'rabbitmq (distribution)' },
    { port: plan.epmd, wantedBy: 'rabbitmq (port mapper)' },
  ]
}

/**
 * The first free block for an environment. The search begins at a place that follows from its folder, so that
 * two projects rarely meet and the same project finds the same ports again. Throws PORTS_EXHAUSTED.
 */
export async function chooseBlock(input: {
  readonly stateDir: string
  readonly isFree: (port: number) => Promise<boolean>
}): Promise<PortPlan> {
  const start = hash32(input.stateDir) % blockCount
  for (let offset = 0; offset < blockCount; offset++) {
    const plan = portsFrom(firstBlockPort + ((start + offset) % blockCount) * blockPorts)
    if (await areAllFree(plan, input.isFree)) return plan
  }
  throw corelabError('PORTS_EXHAUSTED', {
    message: `None of the ${blockCount} port blocks from ${firstBlockPort} on is free`,
    fix: ['corelab up --port-base <number>'],
  })
}

async function areAllFree(plan: PortPlan, isFree: (port: number) => Promise<boolean>): Promise<boolean> {
  for (const { port } of portsWanted(plan)) if (!(await isFree(port))) return false
  return true
}
