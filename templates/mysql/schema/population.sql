-- Which chunks of the population are in the database. A chunk's row is committed together with its customers and
-- accounts, so a load that was killed at any moment goes on exactly where it was.
CREATE DATABASE IF NOT EXISTS corelab DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS corelab.load_chunk (
  first_row BIGINT NOT NULL COMMENT 'of the customers, from 0',
  seed BIGINT NOT NULL,
  entities INT NOT NULL,
  locale CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  identity VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'safe: numbers that nobody has',
  layout INT NOT NULL COMMENT 'version of the generator',
  customers INT NOT NULL,
  accounts INT NOT NULL,
  balance BIGINT NOT NULL COMMENT 'sum of the opening balances, minor units',
  PRIMARY KEY (first_row)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Which sub-tables an offline load has finished, while it is under way: a row is committed together with the rows of its
-- sub-table. When all of them are there, one load_chunk stands for the whole population.
CREATE TABLE IF NOT EXISTS corelab.load_unit (
  unit VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the table, e.g. cif.customer_07',
  seed BIGINT NOT NULL,
  customers INT NOT NULL,
  row_count BIGINT NOT NULL,
  amount BIGINT NOT NULL COMMENT 'sum of the amounts of its rows, minor units',
  PRIMARY KEY (unit)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
