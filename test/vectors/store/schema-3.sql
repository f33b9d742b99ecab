CREATE TABLE schema_version (version INTEGER NOT NULL, since INTEGER NOT NULL);
CREATE TABLE counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  mts_identifier TEXT NOT NULL,
  meta TEXT NOT NULL,
  spool TEXT,
  spool_octets INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  envelope BLOB NOT NULL,
  content BLOB
);
CREATE INDEX message_by_identifier ON message (mts_identifier);
CREATE INDEX message_by_spool ON message (spool) WHERE spool IS NOT NULL;
CREATE TABLE copy (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  next_hop TEXT NOT NULL,
  state INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  not_before INTEGER,
  accepted_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  sole INTEGER NOT NULL,
  recipients TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  last_attempt_at INTEGER,
  last_error TEXT,
  crc INTEGER NOT NULL
);
CREATE INDEX copy_in_order ON copy (next_hop, state, rank, waiting);
CREATE INDEX copy_by_due ON copy (next_hop, rank, not_before) WHERE state = 0 AND waiting = 1;
CREATE INDEX copy_by_expiry ON copy (expires_at) WHERE state < 2;
CREATE INDEX copy_by_message ON copy (message) WHERE sole = 0;
CREATE TABLE tally (
  next_hop TEXT NOT NULL,
  rank INTEGER NOT NULL,
  state INTEGER NOT NULL,
  copies INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  PRIMARY KEY (next_hop, rank, state)
) WITHOUT ROWID;
CREATE TABLE recovery (
  key TEXT PRIMARY KEY,
  link TEXT NOT NULL,
  direction TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  spool TEXT,
  crc INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE INDEX recovery_by_link ON recovery (link);
CREATE INDEX recovery_by_spool ON recovery (spool) WHERE spool IS NOT NULL;
CREATE TABLE tracking (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  mts_identifier TEXT NOT NULL,
  record TEXT NOT NULL,
  crc INTEGER NOT NULL
, message INTEGER);
CREATE INDEX tracking_by_identifier ON tracking (mts_identifier, at);
CREATE INDEX tracking_by_time ON tracking (at);
CREATE TABLE strike (key TEXT PRIMARY KEY, record TEXT NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX tracking_by_message ON tracking (message, at) WHERE message IS NOT NULL;
CREATE TABLE tracking_bound (name TEXT PRIMARY KEY, bound INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO schema_version VALUES (3, 1768478400000);
INSERT INTO counter VALUES ('id', 65537);
INSERT INTO message VALUES (1, '/P=SITE-A/A= /C=GB/;case-1', '{"kind":"message","mtsIdentifier":"/P=SITE-A/A= /C=GB/;case-1","priority":"normal","originator":"/S=Ångström/P=SITE-A/A= /C=GB/","recipients":["/S=Bell/P=SITE-B/A= /C=GB/"],"contentType":"2.6.1.10.1","contentLength":5,"acceptedAt":1768478400000,"expiresAt":1768564800000}', NULL, 0, 1556845744, X'656e76656c6f70652031', X'68656c6c6f');
INSERT INTO message VALUES (3, '/P=SITE-A/A= /C=GB/;case-2', '{"kind":"message","mtsIdentifier":"/P=SITE-A/A= /C=GB/;case-2","priority":"urgent","originator":"/S=Ångström/P=SITE-A/A= /C=GB/","recipients":["/S=Bell/P=SITE-B/A= /C=GB/"],"contentLength":5,"acceptedAt":1768478400000,"expiresAt":1768564800000}', NULL, 0, 2892984762, X'656e76656c6f70652032', X'68656c6c6f');
INSERT INTO message VALUES (5, '/P=SITE-A/A= /C=GB/;case-3', '{"kind":"message","mtsIdentifier":"/P=SITE-A/A= /C=GB/;case-3","priority":"normal","originator":"/S=Ångström/P=SITE-A/A= /C=GB/","recipients":["/S=a/P=B/A= /C=GB/","/S=b/P=B/A= /C=GB/"],"contentLength":5,"acceptedAt":1768478400000,"expiresAt":1768564800000}', NULL, 0, 78188065, X'656e76656c6f70652033', X'68656c6c6f');
INSERT INTO copy VALUES (2, 1, 'link/b', 0, 1, 0, NULL, 1768478400000, 1768564800000, 5, 1, '[0]', 1, 1768478405000, 'refused', 427101184);
INSERT INTO copy VALUES (4, 3, 'link/b', 0, 0, 1, 1768479000000, 1768478400000, 1768564800000, 5, 1, '[0]', 0, NULL, NULL, 1559621007);
INSERT INTO copy VALUES (6, 5, 'link/b', 0, 1, 0, NULL, 1768478400000, 1768564800000, 5, 0, '[0]', 0, NULL, NULL, 411956219);
INSERT INTO copy VALUES (7, 5, 'link/c', 1, 1, 0, NULL, 1768478400000, 1768564800000, 5, 0, '[1]', 0, NULL, NULL, 3520292611);
INSERT INTO tally VALUES ('link/b', 0, 0, 1, 5);
INSERT INTO tally VALUES ('link/b', 1, 0, 2, 10);
INSERT INTO tally VALUES ('link/c', 1, 1, 1, 5);
INSERT INTO recovery VALUES ('in b 1', 'b', 'in', 1768478403000, NULL, 4046965993, X'706f696e74');
INSERT INTO tracking VALUES (1, 1768478400000, '/P=SITE-A/A= /C=GB/;tracked', '{"at":1768478400000,"act":"transferred-in","mtsIdentifier":"/P=SITE-A/A= /C=GB/;tracked","kind":"message","originator":"/S=Ampere/P=SITE-A/A= /C=GB/","recipients":["/S=Bell/P=SITE-B/A= /C=GB/"],"detail":{"link":"b","attempt":1}}', 849765745, NULL);
INSERT INTO tracking VALUES (2, 1768478402000, '/P=SITE-A/A= /C=GB/;tracked', '{"at":1768478402000,"act":"transferred-out","mtsIdentifier":"/P=SITE-A/A= /C=GB/;tracked","kind":"message","originator":"/S=Ampere/P=SITE-A/A= /C=GB/","recipients":["/S=Bell/P=SITE-B/A= /C=GB/"],"detail":{"link":"b","attempt":1}}', 3476135892, NULL);
INSERT INTO strike VALUES ('send 7', '{"key":"send 7","count":2,"at":1768478404000,"detail":"stage failed"}', 3794967614);
INSERT INTO tracking_bound VALUES ('tracked_from', 1);
