import { expect, test } from 'vitest'
import { parseBinlogRows } from '../../../../src/drills/evidence/binlog-rows.js'

/** As `mariadb-binlog --base64-output=DECODE-ROWS --verbose` of 10.11 writes it. */
const text = `# at 512
#261122 20:04:00 server id 1  end_log_pos 554 CRC32 0x1 	GTID 0-1-105 trans
/*!100001 SET @@session.gtid_seq_no=105*//*!*/;
START TRANSACTION
/*!*/;
# at 640
#261122 20:04:00 server id 1  end_log_pos 700 CRC32 0x2 	Write_rows: table id 31 flags: STMT_END_F
### INSERT INTO \`bench\`.\`append\`
### SET
###   @1=3
###   @2=17
###   @3=1
###   @4=1
### INSERT INTO \`bench\`.\`append\`
### SET
###   @1=-294967296 (4000000000)
###   @2=0
###   @3=0
###   @4=0
# Number of rows: 2
# at 700
### INSERT INTO \`pay\`.\`transfer\`
### SET
###   @1='E07'
###   @2='dabc-1z'
###   @3='G1'
### UPDATE \`act\`.\`settlement_account_03\`
### WHERE
###   @1='E07'
###   @2=10000000010
### SET
###   @1='E07'
###   @2=10000000010
COMMIT/*!*/;
`

test('the rows of the load are read by their names, and nothing else is', () => {
  expect(parseBinlogRows(text)).toEqual({
    appends: [
      { client: 3, n: 17 },
      { client: 4_000_000_000, n: 0 },
    ],
    transfers: ['dabc-1z'],
  })
})

test('a text without rows of the load has none', () => {
  expect(parseBinlogRows('# at 4\nSTART TRANSACTION\nCOMMIT\n')).toEqual({ appends: [], transfers: [] })
})
