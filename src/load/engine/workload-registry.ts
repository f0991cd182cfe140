import { corelabError } from '../../kit/errors.js'
import type { WorkloadFactory } from './workload.js'

/** Every workload by its name. Imported when it is used: a thread loads nothing that it does not run. */
const workloads: Readonly<Record<string, () => Promise<WorkloadFactory>>> = {
  transfer: async () => (await import('../workloads/bank-transfer.js')).transferWorkload,
  cache: async () => (await import('../workloads/cache-aside.js')).cacheWorkload,
  broker: async () => (await import('../workloads/broker.js')).brokerWorkload,
  'flash-sale': async () => (await import('../workloads/flash-sale.js')).flashSaleWorkload,
  customer: async () => (await import('../workloads/customer.js')).customerWorkload,
  'account-read': async () => (await import('../workloads/account-read.js')).accountReadWorkload,
  'key-value': async () => (await import('../workloads/key-value.js')).keyValueWorkload,
  'read-and-write': async () => (await import('../workloads/read-and-write.js')).readAndWriteWorkload,
  'point-select': async () => (await import('../workloads/point-select.js')).pointSelectWorkload,
  'update-row': async () => (await import('../workloads/update-row.js')).updateRowWorkload,
  mix: async () => (await import('../workloads/mix.js')).mixWorkload(findWorkload),
  'made-up': async () => (await import('../workloads/made-up.js')).madeUpWorkload,
}

/** Throws BUG for a name that nobody registered. */
export async function findWorkload(name: string): Promise<WorkloadFactory> {
  const load = workloads[name]
  if (load === undefined) throw corelabError('BUG', { message: `There is no workload ${name}` })
  return load()
}
