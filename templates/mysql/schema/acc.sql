-- ACC, accounting. Opening balances are booked by one voucher per entity and batch of 100,000 customers: debit equals
-- credit, and equals the balances of the accounts that it opens. Amounts are minor units (fen).
CREATE DATABASE IF NOT EXISTS acc DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS acc.opening_voucher (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  batch_no INT NOT NULL,
  booked_on DATE NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accounts INT NOT NULL,
  debit_total BIGINT NOT NULL,
  credit_total BIGINT NOT NULL,
  status CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'P posted',
  PRIMARY KEY (le_code, batch_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS acc.opening_voucher_line (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  batch_no INT NOT NULL,
  line_no TINYINT NOT NULL,
  direction CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'D debit, C credit',
  gl_account CHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accounts INT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (le_code, batch_no, line_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
