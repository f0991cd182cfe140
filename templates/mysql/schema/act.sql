-- ACT, account centre. Sub-tables 00..15 by the owner's customer_id % 16; an account number is the customer_id and one
-- more digit, so the accounts of a customer are a range of the primary key. Amounts are minor units (fen).
CREATE DATABASE IF NOT EXISTS act DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS act.settlement_account_{{nn}} (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account_no BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  account_class TINYINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  balance BIGINT NOT NULL,
  status CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  opened_on DATE NOT NULL,
  row_version INT NOT NULL,
  PRIMARY KEY (le_code, account_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What an account consisted of on the day of its opening balance; the sub-accounts of an account add up to it.
CREATE TABLE IF NOT EXISTS act.ledger_sub_account_{{nn}} (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account_no BIGINT NOT NULL,
  ordinal TINYINT NOT NULL,
  kind CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'D on demand, T term',
  opening_balance BIGINT NOT NULL,
  opened_on DATE NOT NULL,
  matures_on DATE NOT NULL COMMENT '9999-12-31: on demand',
  entries_30d INT NOT NULL COMMENT 'expected use',
  PRIMARY KEY (le_code, account_no, ordinal)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Append-only: entry_no is the account's row_version after the posting, so an entry can be neither lost nor doubled
-- without a gap or a duplicate key.
CREATE TABLE IF NOT EXISTS act.account_entry_{{nn}} (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account_no BIGINT NOT NULL,
  entry_no INT NOT NULL,
  gsn CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  booked_at DATETIME(3) NOT NULL,
  amount BIGINT NOT NULL COMMENT 'signed: + credit, - debit',
  balance_after BIGINT NOT NULL,
  summary VARCHAR(64) NOT NULL,
  PRIMARY KEY (le_code, account_no, entry_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The answers of requests that changed something, by the caller's key: written in the transaction of the change.
CREATE TABLE IF NOT EXISTS act.applied_request (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  idempotency_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  operation VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  answer TEXT NOT NULL,
  applied_at DATETIME(3) NOT NULL,
  PRIMARY KEY (le_code, idempotency_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
