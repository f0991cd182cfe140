import { spawn } from 'node:child_process'
import { exitCodes } from '../../kit/exit-codes.js'
import { findProgram, programMissing } from '../../sys/programs.js'
import type { Answer } from '../answer.js'
import type { StopWish } from '../stop-wish.js'
import type { ClientCall } from './client-call.js'

/** The address of a component, for people and programs. */
export function addressAnswer(
  call: ClientCall,
  options: { readonly reveal: boolean; readonly env: string },
): Answer {
  const url = options.reveal ? call.secretUrl : call.url
  return { data: { component: call.component, url }, lines: () => [url], env: options.env }
}

/** Runs the component's own client in this terminal until it ends. Throws PROGRAM_MISSING. */
export async function openClient(
  call: ClientCall & { readonly client: NonNullable<ClientCall['client']> },
  options: { readonly words: readonly string[]; readonly env: string; readonly stop: StopWish },
): Promise<Answer> {
  const { programs, args, env } = call.client
  const program = findProgram({ names: programs })
  if (program === null) {
    throw programMissing({
      program: `The client ${programs[0]}`,
      packages: ['mariadb-client-core', 'redis-tools'],
    })
  }
  // Ctrl+C is for the client now; it reaches both of us.
  options.stop.ignoreInterrupts()
  const child = spawn(program, [...args, ...options.words], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  return {
    data: { component: call.component, clientExit: exit },
    lines: () => [],
    exit: exit === 0 ? exitCodes.ok : exitCodes.failed,
    env: options.env,
  }
}
