/** What the four database nodes run. Both are equals behind `src/clients/dialects/`. */
export type DatabaseEngine = 'mariadb' | 'mysql'
