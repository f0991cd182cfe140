-- What the keeper itself keeps in the database.
CREATE DATABASE IF NOT EXISTS corelab DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- One row, written by the keeper on the master: a node's copy of it tells its epoch and how far behind it is.
CREATE TABLE IF NOT EXISTS corelab.heartbeat (
  id TINYINT NOT NULL,
  epoch BIGINT NOT NULL,
  beat BIGINT NOT NULL,
  beaten_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
