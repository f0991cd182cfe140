-- LIA, deposits: the agreements behind term deposits. Sub-tables 00..15 by customer_id % 16. Amounts are minor units (fen).
CREATE DATABASE IF NOT EXISTS lia DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS lia.product_holding_{{nn}} (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  customer_id BIGINT NOT NULL,
  ordinal TINYINT NOT NULL,
  product_code CHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount BIGINT NOT NULL,
  started_on DATE NOT NULL,
  ends_on DATE NOT NULL,
  status CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (le_code, customer_id, ordinal)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
