import type { Context } from '../../kit/context.js'
import { asStep } from '../../kit/events.js'
import { formatCount } from '../../kit/units.js'
import type { PortraitSection } from '../../model/population-portrait.js'
import type { PopulationSpec } from '../population.js'
import type { PopulationTableName } from '../tables/population-table.js'
import { populationTable } from '../tables/population-tables.js'
import { Activity } from './activity.js'
import { share } from './measures.js'
import { Money } from './money.js'
import { Numbers } from './numbers.js'
import { People } from './people.js'
import { Places } from './places.js'
import { type RowListener, sampleRows } from './sample-rows.js'

const step = 'population.describe'

/** The realised distributions of a population, or of a sample of it, beside their targets. Throws CANCELLED. */
export function describePopulation(
  spec: PopulationSpec,
  customers: number,
  context: Context,
): Promise<readonly PortraitSection[]> {
  return asStep(
    context.emit,
    { step, title: `Read ${formatCount(customers)} of ${formatCount(spec.customers)} customers` },
    context.clock,
    async () => {
      const portrait = new Portrait(spec)
      let done = 0
      const onPiece = (count: number) => {
        done += count
        context.emit({ kind: 'step.progress', step, done, total: customers, unit: 'customers' })
      }
      await sampleRows(spec, { customers, listeners: portrait.listeners, onPiece }, context)
      return portrait.sections(customers)
    },
  )
}

class Portrait {
  readonly #people: People
  readonly #places: Places
  readonly #money = new Money()
  readonly #activity = new Activity()
  readonly #numbers: Numbers
  readonly #rows = new Map<PopulationTableName, number>()
  readonly listeners: Readonly<Partial<Record<PopulationTableName, RowListener>>>

  constructor(spec: PopulationSpec) {
    this.#people = new People(spec.locale)
    this.#places = new Places(spec.entities)
    this.#numbers = new Numbers(spec.identity)
    this.listeners = {
      'cif.customer': this.#onCustomer(),
      'act.settlement_account': this.#onAccount(),
      'act.ledger_sub_account': this.#onSubAccount(),
      'cif.route_account': this.#onCard(),
      'iam.login_user': this.#counting('iam.login_user'),
      'wlt.product_holding': this.#countingCustomers('wlt.product_holding'),
      'lia.product_holding': this.#countingCustomers('lia.product_holding'),
    }
  }

  sections(customers: number): PortraitSection[] {
    return [
      this.#places.institutions(),
      this.#places.homes(),
      this.#people.ages(),
      this.#people.surnames(),
      this.#money.accounts(),
      this.#money.balances(),
      this.#activity.section(),
      this.#services(customers),
      this.#numbers.section(),
    ]
  }

  #services(customers: number): PortraitSection {
    const part = (table: PopulationTableName) => ({ part: this.#rows.get(table) ?? 0, of: customers })
    return {
      id: 'services',
      title: 'What else they have',
      source:
        'Our choice: seven of ten customers bank online, fewer when old; one in eight has wealth products.',
      measures: [
        share('with a login', part('iam.login_user'), 70, 3),
        share('with wealth management products', part('wlt.product_holding'), 12.5, 0.2),
        share('with term deposits', part('lia.product_holding'), null),
      ],
      plots: [],
    }
  }

  #onCustomer(): RowListener {
    const at = placesOf('cif.customer')
    return (values) => {
      const text = (field: string) => values[at(field)] ?? ''
      const [birthDate, sex] = [text('birth_date'), text('sex')]
      this.#people.add({ name: text('name'), sex, birthDate })
      this.#places.add({ entity: Number(text('le_code').slice(1)), county: text('county_code') })
      this.#numbers.addPerson({ identityNo: text('identity_no'), birthDate, sex, mobile: text('mobile') })
    }
  }

  #onAccount(): RowListener {
    const at = placesOf('act.settlement_account')
    return (values) =>
      this.#money.add({
        customer: values[at('customer_id')] ?? '',
        accountClass: Number(values[at('account_class')]),
        balance: Number(values[at('balance')]),
      })
  }

  #onSubAccount(): RowListener {
    const at = placesOf('act.ledger_sub_account')
    return (values) => {
      // Term deposits have no entries of their own.
      if (values[at('ordinal')] === '0') this.#activity.add(Number(values[at('entries_30d')]))
    }
  }

  #onCard(): RowListener {
    const at = placesOf('cif.route_account')
    return (values) => this.#numbers.addCard(values[at('card_no')] ?? '')
  }

  #counting(table: PopulationTableName): RowListener {
    return () => void this.#rows.set(table, (this.#rows.get(table) ?? 0) + 1)
  }

  /** Each customer once, however many rows: theirs come one after the other. */
  #countingCustomers(table: PopulationTableName): RowListener {
    const at = placesOf(table)
    let last = ''
    return (values) => {
      const customer = values[at('customer_id')] ?? ''
      if (customer !== last) this.#rows.set(table, (this.#rows.get(table) ?? 0) + 1)
      last = customer
    }
  }
}

/** Where each field stands in a row. */
function placesOf(name: PopulationTableName): (field: string) => number {
  const { fields } = populationTable(name)
  const places = new Map(fields.map((field, index) => [field, index]))
  return (field) => places.get(field) ?? -1
}
