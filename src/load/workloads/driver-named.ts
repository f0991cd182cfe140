import type { DriverName } from '../bench/run-wishes.js'
import type { Driver } from '../drivers/driver.js'
import { mysql2Driver } from '../drivers/mysql2-driver.js'

/** A driver by the name that plans carry to threads. */
export async function driverNamed(name: DriverName): Promise<Driver> {
  if (name === 'mysql2') return mysql2Driver
  return mysql2Driver
}
