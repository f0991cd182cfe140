-- IAM, identity and access. Sub-tables 00..15 by customer_id % 16. People log in by mobile number, which CIF has.
CREATE DATABASE IF NOT EXISTS iam DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS iam.login_user_{{nn}} (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  customer_id BIGINT NOT NULL,
  status CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'A active, L locked',
  registered_on DATE NOT NULL,
  last_login_on DATE NOT NULL,
  row_version INT NOT NULL,
  PRIMARY KEY (le_code, customer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
