import { present } from '../kit/assert.js'

/** What the reference platform publishes, at 200 concurrent users, and the scenario that mirrors it. */
export const referenceFigures = [
  { name: 'reads', scenario: 'db-read', unit: 'QPS', reference: 200_000 },
  { name: 'writes', scenario: 'db-write', unit: 'QPS', reference: 30_000 },
  { name: 'customer', scenario: 'customer', unit: 'TPS', reference: 15_000 },
] as const

/** The published figures, by what they ask of the servers. */
export type FigureName = (typeof referenceFigures)[number]['name']

export const referenceUsers = 200
export const referenceCustomers = 15_000_000

/** Operations per second. */
export function publishedRateOf(figure: FigureName): number {
  return present(
    referenceFigures.find(({ name }) => name === figure),
    figure,
  ).reference
}

/** null for a scenario that mirrors none. */
export function figureOfScenario(scenario: string): FigureName | null {
  return referenceFigures.find((each) => each.scenario === scenario)?.name ?? null
}
