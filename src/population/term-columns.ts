import { today } from './calendar.js'
import { Field } from './field.js'

/** The terms on offer, by index: 3 and 6 months, 1, 2, 3 and 5 years; one year twice, because most take it. */
export const depositTerms = [
  { code: 'LT03', days: 91 },
  { code: 'LT06', days: 182 },
  { code: 'LT12', days: 365 },
  { code: 'LT24', days: 730 },
  { code: 'LT36', days: 1096 },
  { code: 'LT60', days: 1826 },
  { code: 'LT12', days: 365 },
  { code: 'LC12', days: 365 },
] as const

const termDays = Uint16Array.from(depositTerms, ({ days }) => days)

/** They begin at 10,000 yuan, and are whole thousands. */
const fromFen = 1_000_000
const unitFen = 100_000

/** Term deposits in a customer's account of class I: none, one or two, as functions of one draw per row. */
export class TermColumns {
  readonly #draw: Field

  constructor(seed: number) {
    this.#draw = new Field(seed, 'term_deposit', 'draw')
  }

  drawOf(row: number): number {
    return this.#draw.uint32(row)
  }

  /** Of 256 accounts with enough money 90 have a term deposit, 25 of them two. */
  countOf(draw: number, accountClass: number, balance: number): number {
    if (accountClass !== 1 || balance < fromFen) return 0
    const pick = draw & 0xff
    return pick < 25 ? 2 : pick < 90 ? 1 : 0
  }

  /** Between 10 % and 40 % of the balance; `deposit` is 1 or 2. */
  amountOf(draw: number, deposit: number, balance: number): number {
    const share = (draw >>> (8 * deposit)) & 0xff
    return Math.max(unitFen, Math.floor((balance * (85 + share)) / 850 / unitFen) * unitFen)
  }

  /** Index of its term in {@link depositTerms}. */
  termOf(draw: number, deposit: number): number {
    return (draw >>> (22 + 3 * deposit)) & 7
  }

  /** Day number: not matured yet, and not before the account. */
  startedOnOf(draw: number, deposit: number, accountOpenedOn: number): number {
    const days = this.daysOf(draw, deposit)
    return Math.max(accountOpenedOn, today - 1 - ((draw >>> (4 * deposit)) % days))
  }

  daysOf(draw: number, deposit: number): number {
    return termDays[this.termOf(draw, deposit)] as number
  }
}
