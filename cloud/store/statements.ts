/** Every statement that writes, by name: the worker prepares each once. */
export const statements = {
  addName: 'INSERT OR IGNORE INTO name (number, text) VALUES (?, ?)',
  /** The chain value comes as digits: a view of bytes would take its whole buffer along to the thread. */
  addRecord: `INSERT OR IGNORE INTO record (source, sequence, lane, type, received_at, chain, kind, asset, at, json)
    VALUES (?, ?, ?, ?, ?, unhex(?), ?, ?, ?, ?)`,
  /** A lane that stands before ?6 gets no number, which the schema refuses: so the whole call is. */
  moveLane: `INSERT INTO lane_position (gateway, epoch, lane, sequence, chain) VALUES (?1, ?2, ?3,
    CASE WHEN coalesce(?6, 0) <= coalesce(
      (SELECT sequence FROM lane_position WHERE gateway = ?1 AND epoch = ?2 AND lane = ?3), 0) THEN ?4 END, ?5)
    ON CONFLICT DO UPDATE SET sequence = excluded.sequence, chain = excluded.chain
    WHERE excluded.sequence > lane_position.sequence`,
  /** Of records whose gateway has been told the time since: absolute, so that doing it again changes nothing. */
  correctObservations: `UPDATE record
    SET at = max(0, min(json_extract(json, '$.body.observation.observedAt') + ?4, ?5))
    WHERE source = ?1 AND sequence >= ?2 AND sequence < ?3 AND kind IS NOT NULL AND chain IS NOT NULL
      AND json_extract(json, '$.body.observation.clock') = 'unset'`,
  correctDetections: `UPDATE detection SET at = said.at, json = json_set(detection.json, '$.at', said.at),
      changed = (SELECT number FROM position)
    FROM (SELECT json_extract(json, '$.body.detection.id') AS id,
        max(max(0, min(json_extract(json, '$.body.detection.at') + ?4, ?5))) AS at
      FROM record WHERE source = ?1 AND sequence >= ?2 AND sequence < ?3 AND type = 1 GROUP BY 1) AS said
    WHERE detection.id = said.id`,
  correctPictures: `UPDATE picture SET at = said.at, json = json_set(picture.json, '$.takenAt', said.at)
    FROM (SELECT json_extract(json, '$.body.picture.id') AS id,
        max(0, min(json_extract(json, '$.body.picture.takenAt') + ?4, ?5)) AS at
      FROM record WHERE source = ?1 AND sequence >= ?2 AND sequence < ?3 AND type = 2) AS said
    WHERE picture.id = said.id`,
  /** Comes before the puts of a call: they take its number. */
  nextPosition: 'UPDATE position SET number = number + 1',
  putDetection: `INSERT INTO detection (id, at, json, changed) VALUES (?, ?, ?, (SELECT number FROM position))
    ON CONFLICT DO UPDATE SET at = excluded.at, json = excluded.json, changed = excluded.changed
    WHERE excluded.json <> detection.json`,
  withdrawDetection: 'DELETE FROM detection WHERE id = ?',
  addPicture: 'INSERT OR IGNORE INTO picture (id, asset, at, json) VALUES (?, ?, ?, ?)',
  addLoss: 'INSERT OR IGNORE INTO loss (id, gateway, epoch, json) VALUES (?, ?, ?, ?)',
  putReport: `INSERT INTO report (gateway, at, json) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET at = excluded.at, json = excluded.json WHERE excluded.at >= report.at`,

  putIncident: `INSERT INTO incident (id, priority, first, last, json, changed)
    VALUES (?, ?, ?, ?, ?, (SELECT number FROM position))
    ON CONFLICT DO UPDATE SET priority = excluded.priority, first = excluded.first, last = excluded.last,
    json = excluded.json, changed = excluded.changed WHERE excluded.json <> incident.json`,
  dropIncident: 'DELETE FROM incident WHERE id = ?',
  clearSites: 'DELETE FROM incident_site WHERE incident = ?',
  addSite: 'INSERT OR IGNORE INTO incident_site (incident, site) VALUES (?, ?)',
  forward:
    'INSERT INTO incident_forward (id, target) VALUES (?, ?) ON CONFLICT DO UPDATE SET target = excluded.target',
  forwardEarlier: 'UPDATE incident_forward SET target = ?2 WHERE target = ?1',
  unforward: 'DELETE FROM incident_forward WHERE id = ?',
  openHandling: `INSERT OR IGNORE INTO handling (incident, state, opened_at) VALUES (?, 'open', ?)`,
  /** A part of an incident is, to begin with, as far as the whole is. */
  inheritHandling: `INSERT OR IGNORE INTO handling (incident, state, assignee, acknowledged_at, opened_at)
    SELECT ?1, state, assignee, acknowledged_at, opened_at FROM handling WHERE incident = ?2`,
  putHandling: `INSERT INTO handling (incident, state, assignee, acknowledged_at, opened_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET state = excluded.state, assignee = excluded.assignee,
    acknowledged_at = excluded.acknowledged_at, opened_at = min(handling.opened_at, excluded.opened_at)`,
  addActivity: 'INSERT INTO activity (incident, at, json) VALUES (?, ?, ?)',

  putRuling:
    'INSERT INTO ruling (id, json) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json',
  putSuppression: `INSERT INTO suppression (id, json) VALUES (?, ?)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json`,
  putSwitch: `INSERT INTO switch (monitor, enabled, at, by) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET enabled = excluded.enabled, at = excluded.at, by = excluded.by`,

  /** A document that is not at the revision ?4 (0: not there) gets no text, which the schema refuses. */
  putDocument: `INSERT INTO document (kind, id, json, revision) VALUES (?1, ?2,
    CASE WHEN ?4 IS NULL OR ?4 = coalesce((SELECT revision FROM document WHERE kind = ?1 AND id = ?2), 0)
      THEN ?3 END, 1)
    ON CONFLICT DO UPDATE SET json = excluded.json, revision = document.revision + 1`,
  dropDocument: 'DELETE FROM document WHERE kind = ? AND id = ?',

  putAccount: `INSERT INTO account (name, password_hash, role) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET password_hash = excluded.password_hash, role = excluded.role`,
  putSession: `INSERT INTO session (token_hash, account, expires_at) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at`,
  endSession: 'DELETE FROM session WHERE token_hash = ?',
  expireSessions: 'DELETE FROM session WHERE expires_at < ?',
  addAudit: 'INSERT INTO audit (at, by, whence, action, about) VALUES (?, ?, ?, ?, ?)',
  putCursor:
    'INSERT INTO cursor (source, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  addQuarantine: 'INSERT INTO quarantine (at, wall, peer, reason, raw) VALUES (?, ?, ?, ?, ?)',
  trimQuarantine: 'DELETE FROM quarantine WHERE number <= (SELECT max(number) FROM quarantine) - ?',
  redactRecord: 'UPDATE record SET json = ? WHERE number = ?',
  dropPicture: 'DELETE FROM picture WHERE id = ?',
  dropAddress: "UPDATE audit SET whence = '' WHERE number = ?",
  /** What the search knows of a record is read again. */
  forgetSought: "DELETE FROM search_news WHERE kind = 'record' AND key = ?",
  seekAgain: "INSERT INTO search_news (kind, key) VALUES ('record', ?)",
  takeChanges: 'DELETE FROM change WHERE number <= ?',
  count: `INSERT INTO tally (name, value) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET value = value + excluded.value`,
} as const;

export type StatementName = keyof typeof statements;
export type Parameter = string | number | null | Uint8Array;

/** One statement to run, with its parameters. */
export type Write = readonly [StatementName, ...Parameter[]];
