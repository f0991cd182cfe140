-- What throughput is measured on: no business meaning, one row per key.
CREATE DATABASE IF NOT EXISTS bench DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS bench.kv (
  id BIGINT NOT NULL,
  value BIGINT NOT NULL,
  payload CHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
