/**
 * The store's schema, one numbered step after the other; `PRAGMA user_version` says which are done. A step that
 * has shipped is never changed: a new one follows.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE name (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
  -- From gateways: json is the record's own bytes, which chain covers. From the cloud's own sources: no chain, and
  -- json is the observation. source is the name of recorder and epoch; kind, asset and at are an observation's.
  CREATE TABLE record (
    number INTEGER PRIMARY KEY, source INTEGER NOT NULL, sequence INTEGER NOT NULL, lane INTEGER, type INTEGER NOT NULL,
    received_at INTEGER NOT NULL, chain BLOB, kind INTEGER, asset INTEGER, at INTEGER, json TEXT NOT NULL
  );
  CREATE UNIQUE INDEX record_of_source ON record (source, sequence);
  CREATE INDEX record_of_asset ON record (asset, at) WHERE asset IS NOT NULL;
  CREATE INDEX record_of_kind ON record (kind, at) WHERE kind IS NOT NULL;
  CREATE TABLE lane_position (
    gateway TEXT NOT NULL, epoch TEXT NOT NULL, lane TEXT NOT NULL, sequence INTEGER NOT NULL, chain TEXT NOT NULL,
    PRIMARY KEY (gateway, epoch, lane)
  ) WITHOUT ROWID;
  CREATE TABLE detection (id TEXT PRIMARY KEY, at INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX detection_at ON detection (at);
  CREATE TABLE picture (
    id TEXT PRIMARY KEY, asset TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX picture_of_asset ON picture (asset, at);
  CREATE TABLE loss (
    id TEXT PRIMARY KEY, gateway TEXT NOT NULL, epoch TEXT NOT NULL, json TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE report (gateway TEXT PRIMARY KEY, at INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE incident (
    id TEXT PRIMARY KEY, priority REAL NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, json TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX incident_by_priority ON incident (priority DESC, first DESC);
  CREATE TABLE incident_site (
    incident TEXT NOT NULL, site TEXT NOT NULL, PRIMARY KEY (site, incident)
  ) WITHOUT ROWID;
  CREATE INDEX incident_site_of_incident ON incident_site (incident);
  CREATE TABLE incident_forward (id TEXT PRIMARY KEY, target TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX incident_forward_target ON incident_forward (target);
  CREATE TABLE handling (
    incident TEXT PRIMARY KEY, state TEXT NOT NULL, assignee TEXT, acknowledged_at INTEGER, opened_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE activity (
    number INTEGER PRIMARY KEY, incident TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL
  );
  CREATE INDEX activity_of_incident ON activity (incident, at);

  CREATE TABLE account (name TEXT PRIMARY KEY, password_hash TEXT NOT NULL, role TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE session (
    token_hash TEXT PRIMARY KEY, account TEXT NOT NULL, expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE audit (
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, by TEXT NOT NULL, whence TEXT NOT NULL, action TEXT NOT NULL,
    about TEXT NOT NULL
  );
  CREATE TABLE cursor (source TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE quarantine (
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, wall TEXT NOT NULL, peer TEXT NOT NULL, reason TEXT NOT NULL,
    raw BLOB NOT NULL
  );
  CREATE TABLE tally (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  -- What has changed and is not in the audit trail yet: written in the transaction of the change itself. Of what has
  -- a state (an incident, a lane, an account) only the last change waits; its number is always the newest.
  CREATE TABLE change (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, UNIQUE (kind, key));
  INSERT INTO change (kind, key) SELECT 'account', name FROM account;
  INSERT INTO change (kind, key) SELECT 'lane', gateway || '/' || epoch || '/' || lane FROM lane_position;
  INSERT INTO change (kind, key) SELECT 'loss', id FROM loss;
  INSERT INTO change (kind, key) SELECT 'quarantine', number FROM quarantine;
  INSERT INTO change (kind, key) SELECT 'incident', id FROM incident;
  INSERT INTO change (kind, key) SELECT 'activity', number FROM activity;
  INSERT INTO change (kind, key) SELECT 'audit', number FROM audit;
  CREATE TRIGGER audit_changed AFTER INSERT ON audit BEGIN
    INSERT INTO change (kind, key) VALUES ('audit', NEW.number); END;
  CREATE TRIGGER activity_changed AFTER INSERT ON activity BEGIN
    INSERT INTO change (kind, key) VALUES ('activity', NEW.number); END;
  CREATE TRIGGER quarantine_changed AFTER INSERT ON quarantine BEGIN
    INSERT INTO change (kind, key) VALUES ('quarantine', NEW.number); END;
  CREATE TRIGGER loss_changed AFTER INSERT ON loss BEGIN
    INSERT INTO change (kind, key) VALUES ('loss', NEW.id); END;
  CREATE TRIGGER incident_added AFTER INSERT ON incident BEGIN
    DELETE FROM change WHERE kind = 'incident' AND key = NEW.id;
    INSERT INTO change (kind, key) VALUES ('incident', NEW.id); END;
  CREATE TRIGGER incident_changed AFTER UPDATE ON incident WHEN NEW.json <> OLD.json BEGIN
    DELETE FROM change WHERE kind = 'incident' AND key = NEW.id;
    INSERT INTO change (kind, key) VALUES ('incident', NEW.id); END;
  CREATE TRIGGER incident_ended AFTER DELETE ON incident BEGIN
    DELETE FROM change WHERE kind = 'incident' AND key = OLD.id;
    INSERT INTO change (kind, key) VALUES ('incident', OLD.id); END;
  CREATE TRIGGER lane_added AFTER INSERT ON lane_position BEGIN
    DELETE FROM change WHERE kind = 'lane' AND key = NEW.gateway || '/' || NEW.epoch || '/' || NEW.lane;
    INSERT INTO change (kind, key) VALUES ('lane', NEW.gateway || '/' || NEW.epoch || '/' || NEW.lane); END;
  CREATE TRIGGER lane_changed AFTER UPDATE ON lane_position BEGIN
    DELETE FROM change WHERE kind = 'lane' AND key = NEW.gateway || '/' || NEW.epoch || '/' || NEW.lane;
    INSERT INTO change (kind, key) VALUES ('lane', NEW.gateway || '/' || NEW.epoch || '/' || NEW.lane); END;
  CREATE TRIGGER account_added AFTER INSERT ON account BEGIN
    DELETE FROM change WHERE kind = 'account' AND key = NEW.name;
    INSERT INTO change (kind, key) VALUES ('account', NEW.name); END;
  CREATE TRIGGER account_changed AFTER UPDATE ON account BEGIN
    DELETE FROM change WHERE kind = 'account' AND key = NEW.name;
    INSERT INTO change (kind, key) VALUES ('account', NEW.name); END;
  `,
  `
  -- What people decide about what is found: numbers give the order in which they did.
  CREATE TABLE ruling (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, json TEXT NOT NULL);
  CREATE TABLE suppression (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, json TEXT NOT NULL);
  CREATE TABLE switch (
    monitor TEXT PRIMARY KEY, enabled INTEGER NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL
  ) WITHOUT ROWID;
  ALTER TABLE detection ADD COLUMN rule TEXT GENERATED ALWAYS AS (json_extract(json, '$.rule')) VIRTUAL;
  CREATE INDEX detection_found ON detection (at, rule);
  DROP INDEX detection_at;
  `,
  `
  -- What the tools for people keep: JSON by kind and id. A revision lets a writer say what it had read.
  CREATE TABLE document (
    kind TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;
  `,
  `
  -- The queue as the desk asks for it, beside what it follows from: a page of it is a walk along one index, however
  -- many incidents there are. Rules of an incident's first detections: for filters by theme and for what is similar.
  CREATE TABLE queue (
    incident TEXT PRIMARY KEY, state TEXT NOT NULL, active INTEGER NOT NULL, severity TEXT NOT NULL,
    priority REAL NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, assignee TEXT, title TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX queue_order ON queue (active, priority DESC, first DESC, incident, state, severity, last, assignee);
  CREATE INDEX queue_all ON queue (priority DESC, first DESC, incident);
  CREATE TABLE queue_tally (state TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO queue_tally (state, number) VALUES
    ('open', 0), ('acknowledged', 0), ('contained', 0), ('resolved', 0), ('false-alarm', 0);
  CREATE TRIGGER queue_counted AFTER INSERT ON queue BEGIN
    UPDATE queue_tally SET number = number + 1 WHERE state = NEW.state; END;
  CREATE TRIGGER queue_uncounted AFTER DELETE ON queue BEGIN
    UPDATE queue_tally SET number = number - 1 WHERE state = OLD.state; END;
  CREATE TRIGGER queue_recounted AFTER UPDATE OF state ON queue WHEN NEW.state <> OLD.state BEGIN
    UPDATE queue_tally SET number = number - 1 WHERE state = OLD.state;
    UPDATE queue_tally SET number = number + 1 WHERE state = NEW.state; END;
  INSERT INTO queue SELECT i.id, h.state, h.state NOT IN ('resolved', 'false-alarm'), json_extract(i.json, '$.severity'),
    i.priority, i.first, i.last, h.assignee, json_extract(i.json, '$.title')
    FROM incident i JOIN handling h ON h.incident = i.id;
  CREATE TRIGGER queue_opened AFTER INSERT ON handling BEGIN
    INSERT INTO queue SELECT i.id, NEW.state, NEW.state NOT IN ('resolved', 'false-alarm'),
      json_extract(i.json, '$.severity'), i.priority, i.first, i.last, NEW.assignee, json_extract(i.json, '$.title')
      FROM incident i WHERE i.id = NEW.incident; END;
  CREATE TRIGGER queue_handled AFTER UPDATE ON handling BEGIN
    UPDATE queue SET state = NEW.state, active = NEW.state NOT IN ('resolved', 'false-alarm'), assignee = NEW.assignee
      WHERE incident = NEW.incident; END;
  CREATE TRIGGER queue_back AFTER INSERT ON incident BEGIN
    INSERT INTO queue SELECT NEW.id, h.state, h.state NOT IN ('resolved', 'false-alarm'),
      json_extract(NEW.json, '$.severity'), NEW.priority, NEW.first, NEW.last, h.assignee,
      json_extract(NEW.json, '$.title') FROM handling h WHERE h.incident = NEW.id; END;
  CREATE TRIGGER queue_changed AFTER UPDATE ON incident WHEN NEW.json <> OLD.json BEGIN
    UPDATE queue SET severity = json_extract(NEW.json, '$.severity'), priority = NEW.priority, first = NEW.first,
      last = NEW.last, title = json_extract(NEW.json, '$.title') WHERE incident = NEW.id; END;
  CREATE TRIGGER queue_dropped AFTER DELETE ON incident BEGIN
    DELETE FROM queue WHERE incident = OLD.id;
    DELETE FROM incident_rule WHERE incident = OLD.id; END;
  CREATE TABLE incident_rule (incident TEXT NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (incident, rule)) WITHOUT ROWID;
  CREATE INDEX incident_of_rule ON incident_rule (rule, incident);
  INSERT INTO incident_rule SELECT DISTINCT i.id, d.rule FROM incident i, json_each(i.json, '$.detections') AS one
    JOIN detection d ON d.id = one.value WHERE one.key < 32;
  CREATE TRIGGER rules_added AFTER INSERT ON incident BEGIN
    INSERT INTO incident_rule SELECT DISTINCT NEW.id, d.rule FROM json_each(NEW.json, '$.detections') AS one
      JOIN detection d ON d.id = one.value WHERE one.key < 32; END;
  CREATE TRIGGER rules_changed AFTER UPDATE ON incident
    WHEN json_extract(NEW.json, '$.detections') <> json_extract(OLD.json, '$.detections') BEGIN
    DELETE FROM incident_rule WHERE incident = NEW.id;
    INSERT INTO incident_rule SELECT DISTINCT NEW.id, d.rule FROM json_each(NEW.json, '$.detections') AS one
      JOIN detection d ON d.id = one.value WHERE one.key < 32; END;
  -- What the search has to read again: detections that are new or changed, and records whose time was corrected.
  CREATE TABLE search_news (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL);
  CREATE UNIQUE INDEX search_news_of ON search_news (kind, key);
  INSERT INTO search_news (kind, key) SELECT 'detection', id FROM detection ORDER BY at;
  CREATE TRIGGER detection_sought AFTER INSERT ON detection BEGIN
    DELETE FROM search_news WHERE kind = 'detection' AND key = NEW.id;
    INSERT INTO search_news (kind, key) VALUES ('detection', NEW.id); END;
  CREATE TRIGGER detection_sought_again AFTER UPDATE ON detection WHEN NEW.json <> OLD.json BEGIN
    DELETE FROM search_news WHERE kind = 'detection' AND key = NEW.id;
    INSERT INTO search_news (kind, key) VALUES ('detection', NEW.id); END;
  CREATE TRIGGER detection_unsought AFTER DELETE ON detection BEGIN
    DELETE FROM search_news WHERE kind = 'detection' AND key = OLD.id;
    INSERT INTO search_news (kind, key) VALUES ('detection', OLD.id); END;
  CREATE TRIGGER record_sought_again AFTER UPDATE OF at ON record WHEN NEW.at <> OLD.at BEGIN
    DELETE FROM search_news WHERE kind = 'record' AND key = NEW.number;
    INSERT INTO search_news (kind, key) VALUES ('record', NEW.number); END;
  `,
  `
  -- Which detections and incidents are new or changed since somebody wrote down what he had made of them: each has the
  -- number of the call that put it there, and the numbers only ever grow.
  CREATE TABLE position (number INTEGER NOT NULL);
  INSERT INTO position (number) VALUES (0);
  ALTER TABLE detection ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE incident ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX detection_changed ON detection (changed);
  CREATE INDEX incident_changed_at ON incident (changed);
  `,
];
