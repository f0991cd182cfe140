/** What the four database nodes run. Both are equals behind `src/clients/dialects/`. */
export type DatabaseEngine = 'mariadb' | 'mysql'

/** What people call them. */
export const engineTitles = Object.freeze({ mariadb: 'MariaDB', mysql: 'MySQL' }) satisfies Record<
  DatabaseEngine,
  string
>
