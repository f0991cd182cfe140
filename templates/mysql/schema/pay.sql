-- PAY, payment centre. A row is written in the transaction of its two postings: it exists if and only if the money moved.
CREATE DATABASE IF NOT EXISTS pay DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS pay.transfer (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  idempotency_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  gsn CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payer_account BIGINT NOT NULL,
  payee_account BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  status CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (le_code, idempotency_key),
  KEY transfer_gsn (le_code, gsn)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
