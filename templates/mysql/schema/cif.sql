-- CIF, customer information. Sub-tables 00..15 by customer_id % 16.
-- An identity document belongs to one customer of an entity; customers are found by it, or by mobile number, with one
-- look-up per sub-table.
CREATE DATABASE IF NOT EXISTS cif DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS cif.customer_{{nn}} (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  customer_id BIGINT NOT NULL,
  name VARCHAR(64) NOT NULL,
  sex CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  birth_date DATE NOT NULL,
  identity_no CHAR(18) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mobile CHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  county_code CHAR(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  address VARCHAR(160) NOT NULL,
  opened_on DATE NOT NULL,
  status CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_version INT NOT NULL,
  PRIMARY KEY (le_code, customer_id),
  UNIQUE KEY customer_identity (le_code, identity_no),
  KEY customer_mobile (le_code, mobile)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The answers of requests that changed something, by the caller's key: written in the transaction of the change.
CREATE TABLE IF NOT EXISTS cif.applied_request (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  idempotency_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  operation VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  answer TEXT NOT NULL,
  applied_at DATETIME(3) NOT NULL,
  PRIMARY KEY (le_code, idempotency_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
