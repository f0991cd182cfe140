-- Which chunks of the population are in the database. A chunk's row is committed together with its customers and
-- accounts, so a load that was killed at any moment goes on exactly where it was.
CREATE DATABASE IF NOT EXISTS corelab DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS corelab.load_chunk (
  first_row BIGINT NOT NULL COMMENT 'of the customers, from 0',
  seed BIGINT NOT NULL,
  entities INT NOT NULL,
  layout INT NOT NULL COMMENT 'version of the generator',
  customers INT NOT NULL,
  accounts INT NOT NULL,
  balance BIGINT NOT NULL COMMENT 'sum of the opening balances, minor units',
  PRIMARY KEY (first_row)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
