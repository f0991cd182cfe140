import type { DatabaseEngine } from '../../model/database-engine.js'

/** How a server's own installer makes a data dir. */
interface DataDirRecipe {
  readonly title: string
  /** Run in the new data dir before the initial statements. No root, no anonymous users. */
  readonly cleanup: string
  args(dirs: { readonly data: string; readonly tmp: string; readonly sqlFile: string }): readonly string[]
  /** Names of files in the new data dir that no two nodes may have in common; a server without them makes its own. */
  readonly identity: RegExp
}

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []

export const dataDirRecipes: Readonly<Record<DatabaseEngine, DataDirRecipe>> = Object.freeze({
  mariadb: {
    title: 'MariaDB',
    cleanup: `
DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';
DELETE FROM mysql.proxies_priv;
DELETE FROM mysql.db;
FLUSH PRIVILEGES;
`,
    args: ({ data, tmp, sqlFile }) => [
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${tmp}`,
      `--extra-file=${sqlFile}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      // Else it looks the host's name up, which fails where /etc/hosts is empty; its accounts go anyway.
      '--force',
      // Small, because every node copies it; the server resizes it to the profile's size at its first start.
      '--innodb-log-file-size=4M',
      // The initial statements need little room; by default the system tablespace grows by 64 MB at once.
      '--innodb-autoextend-increment=1',
      ...asRoot,
    ],
    // Nothing: a node is known by the server_id of its option file.
    identity: /^$/,
  },
  mysql: {
    title: 'MySQL',
    cleanup: "DROP USER 'root'@'localhost';\n",
    args: ({ data, tmp, sqlFile }) => [
      '--no-defaults',
      '--initialize-insecure',
      `--datadir=${data}`,
      `--tmpdir=${tmp}`,
      `--init-file=${sqlFile}`,
      '--secure-file-priv=',
      '--character-set-server=utf8mb4',
      '--collation-server=utf8mb4_bin',
      '--lower-case-table-names=0',
      '--innodb-redo-log-capacity=16M',
      '--innodb-autoextend-increment=1',
      ...asRoot,
    ],
    // The server's UUID, by which its transactions are told from those of others, and its keys.
    identity: /^auto\.cnf$|\.pem$/,
  },
})
