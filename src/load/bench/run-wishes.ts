import type { LoadPlan } from '../engine/load-plan.js'

/** How a scenario is to be run: what the command line says, complete. */
export interface RunWishes extends Omit<LoadPlan, 'workload'> {
  readonly driver: DriverName
  readonly transport: 'unix-socket' | 'tcp'
  /** The scenario's own knobs, as they were given; read them with `optionsOf`. */
  readonly options: Readonly<Record<string, string>>
  /** What repeats the run. */
  readonly command: string
}

export const driverNames = ['wire', 'mysql2'] as const
export type DriverName = (typeof driverNames)[number]

/** The reference platform's 200 users come with `bench figures`; this is a run that a developer's machine stands. */
export const defaultWishes: RunWishes = Object.freeze({
  connections: 50,
  workers: 1,
  arrival: Object.freeze({ loop: 'closed', thinkMs: 0 }),
  rampMs: 0,
  warmUpMs: 2000,
  durationMs: 10_000,
  seed: 1,
  driver: 'wire',
  transport: 'unix-socket',
  errorShareMax: 0.05,
  lateMaxMs: null,
  options: Object.freeze({}),
  command: '',
})
