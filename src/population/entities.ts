import { hash32 } from '../kit/random.js'
import { cities } from './regions.js'

/** A county with its share of the population. */
export interface County {
  readonly code: string
  readonly name: string
  readonly city: string
  readonly weight: number
}

/**
 * All 90 counties. Populations per county are not used: a city's population is shared out between its counties by
 * fixed factors of our own between 0.5 and 1.5. The sizes are unequal in a credible way, and a stand-in.
 */
export const counties: readonly County[] = cities.flatMap((city) => {
  const factors = city.counties.map(([code]) => 0.5 + hash32(code) / 0x1_0000_0000)
  const sum = factors.reduce((total, factor) => total + factor, 0)
  return city.counties.map(([code, name], index) => ({
    code,
    name,
    city: city.name,
    weight: (city.population * (factors[index] ?? 0)) / sum,
  }))
})

/**
 * Central districts whose institution serves a neighbour too: 90 counties, 81 institutions. The real roster was
 * not found; this is a stand-in.
 */
const servedBy: ReadonlyMap<string, string> = new Map([
  ['330105', '330102'],
  ['330106', '330102'],
  ['330108', '330109'],
  ['330205', '330203'],
  ['330411', '330402'],
  ['330503', '330502'],
  ['330703', '330702'],
  ['330803', '330802'],
  ['330903', '330902'],
])

/** A member institution: entity `E01` is the first. */
export interface EntityHome {
  /** Index of its home county in {@link counties}. */
  readonly county: number
  /** Population of every county that it serves. */
  readonly weight: number
}

export const entityHomes: readonly EntityHome[] = counties
  .map((county, index) => ({ county: index, code: county.code }))
  .filter(({ code }) => !servedBy.has(code))
  .map(({ county, code }) => ({
    county,
    weight: counties
      .filter((each) => each.code === code || servedBy.get(each.code) === code)
      .reduce((sum, each) => sum + each.weight, 0),
  }))
