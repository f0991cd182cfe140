import { entry } from './error-entry.js'
import { exitCodes } from './exit-codes.js'

const { usage, inconclusive } = exitCodes

/** Errors of `corelab bench` and `corelab calibrate`; part of the one catalogue. */
export const benchErrors = {
  TARGET_INVALID: entry(
    usage,
    'The description of a target host is not valid',
    'A key of the file given with `--target` is unknown or missing, or has a value that is not allowed. The message gives the line, the value and what is allowed. `corelab bench project --example` prints a valid file.',
  ),
  CALIBRATION_INVALID: entry(
    usage,
    'A calibration cannot be used',
    'The file is not what `corelab calibrate` writes, or was written by another version of its kernel: only figures of the same kernel can be divided by each other. Run `corelab calibrate` on both hosts with the same version of corelab.',
  ),
  RESULT_INVALID: entry(
    usage,
    'A saved result cannot be read',
    'The file is not a `result.json` of `corelab bench run`, or of a version that this one does not know. The message names the file and what is wrong with it.',
  ),
  NOTHING_TO_PROJECT: entry(
    inconclusive,
    'The results do not carry a projection',
    'A projection needs runs that are figures, with the CPU of every process known, of data that fits into memory, and all of one host. The message lists what was left out and why.',
  ),
} as const
