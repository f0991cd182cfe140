import type { PortraitSection } from '../../model/population-portrait.js'
import { counties, entityHomes } from '../entities.js'
import { cities } from '../regions.js'
import { cityNamesEn } from '../regions-en.js'
import { share } from './measures.js'

/** Where the customers of a sample live, and whose they are. */
export class Places {
  readonly #byEntity = new Float64Array(100)
  readonly #byCity = new Map<string, number>()
  #atHome = 0
  #total = 0

  /** `entities`: how many member institutions there are. */
  constructor(private readonly entities: number) {}

  add({ entity, county }: { readonly entity: number; readonly county: string }): void {
    this.#byEntity[entity] = (this.#byEntity[entity] as number) + 1
    const city = county.slice(0, 4)
    this.#byCity.set(city, (this.#byCity.get(city) ?? 0) + 1)
    if (homeCodes[entity - 1] === county) this.#atHome++
    this.#total++
  }

  institutions(): PortraitSection {
    const homes = entityHomes.slice(0, this.entities)
    const all = homes.reduce((sum, { weight }) => sum + weight, 0)
    const ranked = homes
      .map(({ weight }, index) => ({ entity: index + 1, percent: (100 * weight) / all }))
      .sort((left, right) => right.percent - left.percent)
    const named = [
      ['the largest', ranked[0]],
      ['the median one', ranked[ranked.length >> 1]],
      ['the smallest', ranked.at(-1)],
    ] as const
    return {
      id: 'institutions',
      title: 'Member institutions',
      source:
        'One for each county of Zhejiang, or for a district and its neighbour, as large as the population that it serves. The real roster was not found: sizes below the level of the city are a stand-in.',
      measures: named.flatMap(([words, each]) =>
        each === undefined
          ? []
          : [
              share(
                `${words}, E${String(each.entity).padStart(2, '0')}`,
                { part: this.#byEntity[each.entity] as number, of: this.#total },
                each.percent,
              ),
            ],
      ),
      plots: [
        {
          id: 'plot-institutions',
          title: 'Customers by institution, largest first',
          caption: 'Unequal sizes: a few institutions have many times the customers of the smallest.',
          xLabel: 'rank of the institution',
          yLabel: 'percent of all customers',
          unit: ' %',
          xUnit: '',
          scale: 'linear',
          xs: ranked.map((_, index) => index + 1),
          realised: ranked.map(
            ({ entity }) => (100 * (this.#byEntity[entity] as number)) / Math.max(1, this.#total),
          ),
          target: ranked.map(({ percent }) => percent),
        },
      ],
    }
  }

  homes(): PortraitSection {
    const all = cities.reduce((sum, { population }) => sum + population, 0)
    // With some of the institutions only, their homes weigh more than the cities' people.
    const whole = this.entities === entityHomes.length
    return {
      id: 'homes',
      title: 'Where they live',
      source: 'Residents of the cities of Zhejiang, statistical bulletins for 2023.',
      measures: [
        ...cities.map(({ name, population, counties: [first] }) =>
          share(
            cityNamesEn[name] ?? name,
            { part: this.#byCity.get(first?.[0].slice(0, 4) ?? '') ?? 0, of: this.#total },
            whole ? (100 * population) / all : null,
            0.4,
          ),
        ),
        share('in the home county of their institution', { part: this.#atHome, of: this.#total }, null),
      ],
      plots: [],
    }
  }
}

const homeCodes = entityHomes.map(({ county }) => counties[county]?.code)
