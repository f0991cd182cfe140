import { Flags } from '@oclif/core'

/** `1,8,50,200` */
export const levelsFlag = () =>
  Flags.custom<readonly number[]>({
    helpValue: 'CLIENTS,...',
    summary: 'Run db-read and db-write at these numbers of clients first',
    parse: async (text) => {
      const levels = text.split(',').map((part) => Number(part.trim()))
      if (levels.every((level) => Number.isInteger(level) && level >= 1 && level <= 5000)) {
        return [...new Set(levels)].sort((a, b) => a - b)
      }
      throw new Error(`"${text}" is not a list of numbers of clients from 1 to 5000, e.g. 1,8,50,200`)
    },
  })()
