import type { DriverName } from '../bench/run-wishes.js'
import type { Driver } from '../drivers/driver.js'

/** A driver by the name that plans carry to threads. */
export async function driverNamed(name: DriverName): Promise<Driver> {
  if (name === 'mysql2') return (await import('../drivers/mysql2-driver.js')).mysql2Driver
  return (await import('../drivers/wire-driver.js')).wireDriver
}
