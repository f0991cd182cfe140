-- CIF, customer information. Sub-tables 00..15 by customer_id % 16.
-- A customer is found by mobile number, identity number or account through the routes, which are sub-tabled by those:
-- one look-up in one sub-table. Routes are written in the transaction that writes the customer, and never deleted.
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
  PRIMARY KEY (le_code, customer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS cif.identity_document_{{nn}} (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  customer_id BIGINT NOT NULL,
  ordinal TINYINT NOT NULL,
  document_type CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'R resident card, P passport',
  document_no VARCHAR(18) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE NOT NULL COMMENT '9999-12-31: for ever',
  status CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'V valid, E expired',
  PRIMARY KEY (le_code, customer_id, ordinal)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS cif.contact_{{nn}} (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  customer_id BIGINT NOT NULL,
  ordinal TINYINT NOT NULL,
  kind CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'M mobile, E e-mail, L fixed line',
  value VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (le_code, customer_id, ordinal)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Sub-tables by the last four digits of the mobile number % 16. A number may be shared in a family. A customer who
-- changes it keeps the old route: whoever follows one compares with the customer's row.
CREATE TABLE IF NOT EXISTS cif.route_mobile_{{nn}} (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mobile CHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  customer_id BIGINT NOT NULL,
  PRIMARY KEY (le_code, mobile, customer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Sub-tables by the four digits before the check character % 16. The primary key is what makes one identity one customer
-- of an entity.
CREATE TABLE IF NOT EXISTS cif.route_identity_{{nn}} (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  identity_no CHAR(18) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  customer_id BIGINT NOT NULL,
  PRIMARY KEY (le_code, identity_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Sub-tables by the owner's customer_id % 16, which the account number tells.
CREATE TABLE IF NOT EXISTS cif.route_account_{{nn}} (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account_no BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  card_no VARCHAR(19) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'empty: no card',
  PRIMARY KEY (le_code, account_no)
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
