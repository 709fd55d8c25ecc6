-- SPDX-License-Identifier: GPL-3.0-or-later
-- A database of version 2 as the program of then wrote it: a strap that was forgotten, a cuff, and an oximeter with an
-- open alert; a part is delivered. Frozen: every later version has to open it.
PRAGMA user_version=2;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES('epoch','02036cf9-4d31-418d-a530-abf7e64ca9e1');
CREATE TABLE boot(id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO boot VALUES(1,'e812cd1a-1e2c-4fd8-b4a8-2512c6a39933');
CREATE TABLE device(
      id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL, model TEXT NOT NULL, profiles TEXT NOT NULL,
      resident TEXT NOT NULL, link TEXT NOT NULL, enrolled_ms INTEGER, forgotten INTEGER NOT NULL DEFAULT 0, serial TEXT, confirmed INTEGER NOT NULL DEFAULT 1) STRICT;
INSERT INTO device VALUES(1,'F5:F1:F2:F3:F4:01','HR strap','bluetooth.battery bluetooth.heart-rate','r-0001','encrypted',1795333635636,1,'HR-strap',1);
INSERT INTO device VALUES(2,'F5:F1:F2:F3:F4:02','BP cuff','bluetooth.blood-pressure','r-0002','authenticated',1795333636312,0,'BP-cuff',1);
INSERT INTO device VALUES(3,'F5:F1:F2:F3:F4:03','Oximeter','bluetooth.pulse-oximeter','r-0003','encrypted',1795333637033,0,NULL,1);
CREATE TABLE source(
      id INTEGER PRIMARY KEY, device TEXT NOT NULL, address TEXT NOT NULL, model TEXT NOT NULL,
      profile TEXT NOT NULL, characteristic TEXT NOT NULL, resident TEXT NOT NULL, link TEXT NOT NULL,
      purpose TEXT NOT NULL, stream INTEGER NOT NULL,
      UNIQUE(device, address, model, profile, characteristic, resident, link, purpose, stream)) STRICT;
INSERT INTO source VALUES(1,'d-1','F5:F1:F2:F3:F4:01','HR strap','bluetooth.heart-rate','2A37','r-0001','encrypted','care',1);
INSERT INTO source VALUES(2,'d-3','F5:F1:F2:F3:F4:03','Oximeter','bluetooth.pulse-oximeter','2A5F','r-0003','encrypted','care',1);
INSERT INTO source VALUES(3,'d-2','F5:F1:F2:F3:F4:02','BP cuff','bluetooth.blood-pressure','2A35','r-0002','authenticated','care',0);
CREATE TABLE reading(
      id INTEGER PRIMARY KEY, source INTEGER NOT NULL, boot INTEGER NOT NULL, monotonic_ms INTEGER NOT NULL,
      wall_ms INTEGER, synchronized INTEGER NOT NULL, observed_ms INTEGER, device_time TEXT, clock TEXT NOT NULL,
      user INTEGER, age TEXT NOT NULL, quality TEXT NOT NULL, status TEXT NOT NULL, content TEXT NOT NULL,
      bytes BLOB NOT NULL, spot BLOB) STRICT;
INSERT INTO reading VALUES(1,1,1,38515359,1795333635643,0,1795333635643,NULL,'receipt',NULL,'fresh','valid','','heart-rate=72 rr-interval=0.977',X'10480100',NULL);
INSERT INTO reading VALUES(2,1,1,38515360,1795333635643,0,1795333635643,NULL,'receipt',NULL,'fresh','valid','','heart-rate=72 rr-interval=1.953',X'10480200',NULL);
INSERT INTO reading VALUES(3,1,1,38515858,1795333636143,0,1795333636143,NULL,'receipt',NULL,'fresh','valid','','heart-rate=72 rr-interval=2.930',X'10480300',NULL);
INSERT INTO reading VALUES(4,1,1,38516359,1795333636643,0,1795333636643,NULL,'receipt',NULL,'fresh','valid','','heart-rate=72 rr-interval=3.906',X'10480400',NULL);
INSERT INTO reading VALUES(5,2,1,38516755,1795333637040,0,1795333637040,NULL,'receipt',NULL,'fresh','valid','','spo2=97 pulse-rate=72',X'0061004800',NULL);
INSERT INTO reading VALUES(6,2,1,38516756,1795333637040,0,1795333637040,NULL,'receipt',NULL,'fresh','valid','','spo2=97 pulse-rate=72',X'0061004800',NULL);
INSERT INTO reading VALUES(7,3,1,38516765,1795333637049,0,1795333637049,NULL,'receipt',NULL,'unknown','valid','','systolic=127 diastolic=80 mean-arterial=88',X'007f0050005800',X'86c7d2fbe2cba0b194aee62ef09e5115');
INSERT INTO reading VALUES(8,3,1,38516778,1795333637062,0,1795333637062,NULL,'receipt',NULL,'unknown','valid','','systolic=131 diastolic=80 mean-arterial=88',X'00830050005800',X'eedc0baf8db7160443c337c499fd2cce');
INSERT INTO reading VALUES(9,2,1,38516800,1795333637084,0,1795333637084,NULL,'receipt',NULL,'fresh','valid','','spo2=86 pulse-rate=88',X'0056005800',NULL);
INSERT INTO reading VALUES(10,1,1,38516859,1795333637143,0,1795333637143,NULL,'receipt',NULL,'fresh','valid','','heart-rate=72 rr-interval=4.883',X'10480500',NULL);
INSERT INTO reading VALUES(11,2,1,38517303,1795333637587,0,1795333637587,NULL,'receipt',NULL,'fresh','valid','','spo2=86 pulse-rate=88',X'0056005800',NULL);
INSERT INTO reading VALUES(12,1,1,38517359,1795333637644,0,1795333637644,NULL,'receipt',NULL,'fresh','valid','','heart-rate=72 rr-interval=5.859',X'10480600',NULL);
INSERT INTO reading VALUES(13,2,1,38517803,1795333638087,0,1795333638087,NULL,'receipt',NULL,'fresh','valid','','spo2=86 pulse-rate=88',X'0056005800',NULL);
INSERT INTO reading VALUES(14,1,1,38517861,1795333638145,0,1795333638145,NULL,'receipt',NULL,'fresh','valid','','heart-rate=72 rr-interval=6.836',X'10480700',NULL);
INSERT INTO reading VALUES(15,2,1,38518304,1795333638588,0,1795333638588,NULL,'receipt',NULL,'fresh','valid','','spo2=86 pulse-rate=88',X'0056005800',NULL);
INSERT INTO reading VALUES(16,1,1,38518359,1795333638643,0,1795333638643,NULL,'receipt',NULL,'fresh','valid','','heart-rate=72 rr-interval=7.812',X'10480800',NULL);
INSERT INTO reading VALUES(17,2,1,38518803,1795333639087,0,1795333639087,NULL,'receipt',NULL,'fresh','valid','','spo2=86 pulse-rate=88',X'0056005800',NULL);
INSERT INTO reading VALUES(18,1,1,38518859,1795333639143,0,1795333639143,NULL,'receipt',NULL,'fresh','valid','','heart-rate=72 rr-interval=8.789',X'10480900',NULL);
INSERT INTO reading VALUES(19,2,1,38519303,1795333639587,0,1795333639587,NULL,'receipt',NULL,'fresh','valid','','spo2=86 pulse-rate=88',X'0056005800',NULL);
INSERT INTO reading VALUES(20,1,1,38519358,1795333639643,0,1795333639643,NULL,'receipt',NULL,'fresh','valid','','heart-rate=72 rr-interval=9.766',X'10480a00',NULL);
CREATE TABLE spot(reading BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO spot VALUES(X'86c7d2fbe2cba0b194aee62ef09e5115');
INSERT INTO spot VALUES(X'eedc0baf8db7160443c337c499fd2cce');
CREATE TABLE undecoded(
      id INTEGER PRIMARY KEY, device TEXT NOT NULL, characteristic TEXT NOT NULL, boot INTEGER NOT NULL,
      monotonic_ms INTEGER NOT NULL, wall_ms INTEGER, bytes BLOB NOT NULL, reason TEXT NOT NULL) STRICT;
INSERT INTO undecoded VALUES(1,'d-2','2A35',1,38516773,1795333637057,X'1e8e005b00','truncated at offset 5: mean arterial pressure needs 2 bytes, 0 left');
CREATE TABLE alert(
      id INTEGER PRIMARY KEY, alert BLOB NOT NULL, version INTEGER NOT NULL, resident TEXT NOT NULL,
      rule TEXT NOT NULL, rule_version INTEGER NOT NULL, phase TEXT NOT NULL, state TEXT NOT NULL,
      category TEXT NOT NULL, priority TEXT NOT NULL, level INTEGER NOT NULL, limits TEXT NOT NULL,
      evidence TEXT NOT NULL, raised_boot INTEGER NOT NULL, raised_monotonic_ms INTEGER NOT NULL,
      raised_wall_ms INTEGER, raised_synchronized INTEGER NOT NULL, superseded_by BLOB, link TEXT NOT NULL,
      text_en TEXT NOT NULL, text_zh TEXT NOT NULL, UNIQUE(alert, version)) STRICT;
INSERT INTO alert VALUES(1,X'c68798095f1d5f2cea44ee700114d361',1,'r-0003','OX-1',1,'start','active','physiological','high',1,'spo2 < 90 default',replace('75ec1922550d0e02b4d15fa9dc058585 1795333637084 fresh spo2=86\na6470e216eb968939903fc478fc4b2d8 1795333638087 fresh spo2=86','\n',char(10)),1,38517803,1795333638087,0,NULL,'encrypted','SpO2 86 %, below 90 %','血氧 86%，低于 90%');
CREATE TABLE gap(
      id INTEGER PRIMARY KEY, reason TEXT NOT NULL, count INTEGER NOT NULL, from_ms INTEGER, to_ms INTEGER,
      previous_epoch TEXT) STRICT;
INSERT INTO gap VALUES(1,'epoch',0,NULL,NULL,NULL);
INSERT INTO gap VALUES(2,'epoch',0,NULL,NULL,NULL);
CREATE TABLE ledger(
      lane INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, reference INTEGER NOT NULL, at_ms INTEGER,
      PRIMARY KEY(lane, seq)) STRICT, WITHOUT ROWID;
INSERT INTO ledger VALUES(0,1,2,1,1795333634875);
INSERT INTO ledger VALUES(0,2,1,1,1795333638087);
INSERT INTO ledger VALUES(1,1,2,2,1795333634875);
INSERT INTO ledger VALUES(1,2,0,1,1795333637050);
INSERT INTO ledger VALUES(1,3,0,2,1795333637050);
INSERT INTO ledger VALUES(1,4,0,3,1795333637050);
INSERT INTO ledger VALUES(1,5,0,4,1795333637050);
INSERT INTO ledger VALUES(1,6,0,5,1795333637050);
INSERT INTO ledger VALUES(1,7,0,6,1795333637050);
INSERT INTO ledger VALUES(1,8,0,7,1795333637050);
INSERT INTO ledger VALUES(1,9,0,8,1795333637062);
INSERT INTO ledger VALUES(1,10,0,9,1795333638087);
INSERT INTO ledger VALUES(1,11,0,10,1795333638087);
INSERT INTO ledger VALUES(1,12,0,11,1795333638087);
INSERT INTO ledger VALUES(1,13,0,12,1795333638087);
INSERT INTO ledger VALUES(1,14,0,13,1795333638087);
INSERT INTO ledger VALUES(1,15,0,14,1795333639941);
INSERT INTO ledger VALUES(1,16,0,15,1795333639941);
INSERT INTO ledger VALUES(1,17,0,16,1795333639941);
INSERT INTO ledger VALUES(1,18,0,17,1795333639941);
INSERT INTO ledger VALUES(1,19,0,18,1795333639941);
INSERT INTO ledger VALUES(1,20,0,19,1795333639941);
INSERT INTO ledger VALUES(1,21,0,20,1795333639941);
CREATE TABLE lane(lane INTEGER PRIMARY KEY, next_seq INTEGER NOT NULL, delivered INTEGER NOT NULL) STRICT;
INSERT INTO lane VALUES(0,3,1);
INSERT INTO lane VALUES(1,22,7);
CREATE TABLE unwanted_bond(address TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO unwanted_bond VALUES('F5:F1:F2:F3:F4:06');
CREATE TABLE audit(
      id INTEGER PRIMARY KEY, boot INTEGER NOT NULL, monotonic_ms INTEGER NOT NULL, wall_ms INTEGER, uid INTEGER,
      what TEXT NOT NULL, code TEXT, subject TEXT NOT NULL) STRICT;
INSERT INTO audit VALUES(1,1,38514782,1795333635066,0,'pairing-opened',NULL,'F5:F1:F2:F3:F4:01');
INSERT INTO audit VALUES(2,1,38515352,1795333635636,0,'enrolled',NULL,'d-1');
INSERT INTO audit VALUES(3,1,38515439,1795333635723,0,'pairing-opened',NULL,'F5:F1:F2:F3:F4:02');
INSERT INTO audit VALUES(4,1,38516028,1795333636312,0,'enrolled',NULL,'d-2');
INSERT INTO audit VALUES(5,1,38516185,1795333636470,0,'pairing-opened',NULL,'F5:F1:F2:F3:F4:03');
INSERT INTO audit VALUES(6,1,38516749,1795333637033,0,'enrolled',NULL,'d-3');
INSERT INTO audit VALUES(7,1,38519433,1795333639718,0,'forgotten',NULL,'d-1');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('device',3);
CREATE UNIQUE INDEX device_address ON device(address) WHERE forgotten = 0;
COMMIT;
