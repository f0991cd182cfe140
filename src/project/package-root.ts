import { fileURLToPath } from 'node:url'

/** The folder with package.json, `templates/` and `fixtures/`; the same from `src/` and from `dist/`. No slash at the end. */
export const packageRoot: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
