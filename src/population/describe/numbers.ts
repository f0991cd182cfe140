import type { PortraitMeasure, PortraitSection } from '../../model/population-portrait.js'
import { isCardNo, issuerNumbers } from '../card-numbers.js'
import { safeMobilePrefixes } from '../mobile-numbers.js'
import type { PopulationIdentity } from '../population.js'
import { isResidentId } from '../resident-id.js'
import { exactly, value } from './measures.js'

/** Address codes that begin with this were never given to any place. */
const safeAddressPrefix = '3399'

/** Identity, phone and card numbers of a sample: whether they are possible, unique, and nobody's. */
export class Numbers {
  readonly #identities = new Counted((number) => isResidentId(number))
  readonly #mobiles = new Counted((number) => /^1\d{10}$/.test(number))
  readonly #cards = new Counted((number) => /^\d{19}$/.test(number) && isCardNo(number))
  #contradicting = 0

  constructor(private readonly identity: PopulationIdentity) {}

  addPerson(person: {
    readonly identityNo: string
    readonly birthDate: string
    readonly sex: string
    readonly mobile: string
  }): void {
    const { identityNo, birthDate, sex, mobile } = person
    this.#identities.add(identityNo, identityNo.startsWith(safeAddressPrefix))
    this.#mobiles.add(mobile, safePrefixes.has(mobile.slice(0, 3)))
    const odd = Number(identityNo[16]) % 2 === 1
    const sameDay = identityNo.slice(6, 14) === birthDate.replaceAll('-', '')
    if (!sameDay || odd !== (sex === 'M')) this.#contradicting++
  }

  addCard(cardNo: string): void {
    if (/^\d/.test(cardNo)) this.#cards.add(cardNo, cardNo.startsWith(issuerNumbers.safe))
  }

  section(): PortraitSection {
    const safe = this.identity === 'safe'
    return {
      id: 'numbers',
      title: 'Numbers',
      source: safe
        ? 'Safe by construction: address codes 3399xx, mobile prefixes 142, 143, 154, 161, 164 and 194 and the issuer 999901 were never given to anyone (as of 2022). Check characters after GB 11643-1999 (ISO 7064 MOD 11-2) and ISO/IEC 7812-1 (Luhn).'
        : 'LOOKALIKE: numbers are from assigned ranges, so that some belong to living people. Check characters after GB 11643-1999 (ISO 7064 MOD 11-2) and ISO/IEC 7812-1 (Luhn).',
      measures: [
        ...this.#identities.measures('identity numbers', safe),
        exactly('identity numbers against birth date or sex', this.#contradicting, 0),
        ...this.#mobiles.measures('mobile numbers', safe),
        ...this.#cards.measures('card numbers', safe),
      ],
      plots: [],
    }
  }
}

const safePrefixes = new Set(safeMobilePrefixes.map(String))

/** Numbers of one kind. */
class Counted {
  readonly #known = new Set<string>()
  #total = 0
  #impossible = 0
  #assigned = 0

  constructor(private readonly isPossible: (number: string) => boolean) {}

  add(number: string, isSafe: boolean): void {
    this.#known.add(number)
    this.#total++
    if (!this.isPossible(number)) this.#impossible++
    if (!isSafe) this.#assigned++
  }

  measures(what: string, safe: boolean): PortraitMeasure[] {
    const assigned = `${what} in assigned ranges`
    return [
      value(what, 'count', this.#total),
      exactly(`${what} with a wrong form`, this.#impossible, 0),
      exactly(`${what} given twice`, this.#total - this.#known.size, 0),
      safe ? exactly(assigned, this.#assigned, 0) : value(assigned, 'count', this.#assigned),
    ]
  }
}
