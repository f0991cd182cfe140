import { join, resolve } from 'node:path'

/** The root of this clone: the folder with package.json. */
export const repositoryDir = resolve(import.meta.dirname, '../..')

/**
 * A path inside the clone.
 * @param {...string} parts
 */
export const inRepository = (...parts) => join(repositoryDir, ...parts)
