import { Changes } from './changes.ts';
import { openDatabase } from './database.ts';
import { Documents } from './documents.ts';
import { Incidents, type IncidentsOptions } from './incidents.ts';
import { People } from './people.ts';
import { Personal } from './personal.ts';
import { Quarantine } from './quarantine.ts';
import { Queue } from './queue.ts';
import { Reader } from './reader.ts';
import { Records } from './records.ts';
import { Rulings } from './rulings.ts';
import type { Store } from './store.ts';
import { Writer } from './writer.ts';

export interface SqliteStoreOptions extends IncidentsOptions {
  file: string;
  /** The disk or its file has failed for good: nothing can be stored until the process starts anew. */
  onBroken?(error: Error): void;
}

/**
 * The embedded store: one SQLite file, one thread that writes it, one connection here that reads it.
 * @throws Error when the file can't be opened or was written by a later version
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  // Schema first, in this thread, so that a wrong file is an error here and now.
  openDatabase(options.file).close();
  const reader = new Reader(options.file);
  const writer = new Writer(options.file, options.onBroken);
  const records = new Records(reader, writer);
  const incidents = new Incidents(options, reader, writer, (id) => records.detection(id));
  const people = new People(options.clock, reader, writer);
  const rulings = new Rulings(reader, writer);
  const documents = new Documents(reader, writer);
  const quarantine = new Quarantine(reader, writer);
  const changes = new Changes(reader, writer);
  return {
    commit: (accepted, moves) => records.commit(accepted, moves),
    append: (observations, detections) => records.append(observations, detections),
    withdraw: (ids) => records.withdraw(ids),
    positions: (gateway) => records.positions(gateway),
    detections: (range) => records.detections(range),
    detection: (id) => records.detection(id),
    found: (from) => records.found(from),
    position: () => records.position(),
    changedSince: (position) => records.changedSince(position),
    observations: (query) => records.observations(query),
    picture: (id) => records.picture(id),
    picturesOf: (assets, from, to, limit) => records.picturesOf(assets, from, to, limit),
    clockCorrections: (gateway, epoch) => records.clockCorrections(gateway, epoch),
    detectionsOf: (range) => records.detectionsOf(range),
    losses: (gateway) => records.losses(gateway),
    report: (gateway) => records.report(gateway),

    putIncidents: (changed, gone, parts) => incidents.putIncidents(changed, gone, parts),
    incident: (id) => incidents.incident(id),
    incidents: (query) => incidents.incidents(query),
    incidentsSince: (lastFrom, firstBefore) => incidents.incidentsSince(lastFrom, firstBefore),
    queue: new Queue(reader),
    incidentCounts: (site) => incidents.incidentCounts(site),
    currentIncident: (id) => incidents.currentIncident(id),
    handling: (incident) => incidents.handling(incident),
    act: (activity, from) => incidents.act(activity, from),
    activities: (incident) => incidents.activities(incident),

    rulings: () => rulings.rulings(),
    suppressions: () => rulings.suppressions(),
    switches: () => rulings.switches(),
    putRuling: (ruling, audit, activities) => rulings.putRuling(ruling, audit, activities),
    putSuppression: (suppression, audit) => rulings.putSuppression(suppression, audit),
    putSwitch: (one, audit) => rulings.putSwitch(one, audit),
    foundSince: (from) => rulings.foundSince(from),
    newestOf: (rules, from, limit) => rulings.newestOf(rules, from, limit),

    document: (kind, id) => documents.document(kind, id),
    documents: (kind) => documents.documents(kind),
    putDocuments: (writes, audit) => documents.put(writes, audit),

    account: (name) => people.account(name),
    accounts: () => people.accounts(),
    putAccount: (account) => people.putAccount(account),
    session: (tokenHash) => people.session(tokenHash),
    putSession: (tokenHash, account, expiresAt) => people.putSession(tokenHash, account, expiresAt),
    endSession: (tokenHash) => people.endSession(tokenHash),
    audit: (entry) => people.audit(entry),
    audited: (range) => people.audited(range),

    changes: (limit, after) => changes.changes(limit, after),
    lastChange: () => changes.lastChange(),
    takeChanges: (upTo) => changes.take(upTo),
    chained: (of, after, limit) => changes.chained(of, after, limit),

    personal: new Personal(reader, writer),

    quarantine: (entry) => quarantine.put(entry),
    quarantined: (limit) => quarantine.list(limit),
    cursor(source) {
      const row = reader.one('SELECT value FROM cursor WHERE source = ?', source);
      return row === undefined ? undefined : String(row.value);
    },
    putCursor: (source, value) => writer.write([['putCursor', source, value]]),
    counts: () => records.counts(),
    async close() {
      await writer.close();
      reader.close();
    },
  };
}
