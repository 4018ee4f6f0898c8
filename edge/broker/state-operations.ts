/** What the broker writes down. Each operation can be repeated without harm. */
export type Operation =
  | { do: 'retain'; topic: string; payload: Uint8Array; qos: number; identity: string; at: number }
  | { do: 'forget'; topic: string }
  | { do: 'session'; client: string; identity: string; at: number }
  | { do: 'end'; client: string }
  | { do: 'subscribe'; client: string; filter: string; qos: number }
  | { do: 'unsubscribe'; client: string; filter: string }
  | { do: 'queue'; client: string; number: number; topic: string; payload: Uint8Array; qos: number }
  | { do: 'sent'; client: string; number: number; packetId: number; released: boolean }
  | { do: 'dequeue'; client: string; number: number }
  | { do: 'received'; client: string; packetId: number }
  | { do: 'complete'; client: string; packetId: number }
  | {
      do: 'will';
      client: string;
      identity: string;
      topic: string;
      payload: Uint8Array;
      qos: number;
      retain: boolean;
    }
  | { do: 'unwill'; client: string };

/** From the broker to the thread that writes. */
export interface Batch {
  number: number;
  operations: readonly Operation[];
}

/** Back: written; or not, and whether it can ever be again. */
export interface BatchOutcome {
  number: number;
  failure?: { message: string; final: boolean };
}

/** Tables of the file. `queued.number` rises over all sessions and over restarts. */
export const SCHEMA_VERSION = 1;
export const SCHEMA = `
CREATE TABLE retained (
  topic TEXT PRIMARY KEY, payload BLOB NOT NULL, qos INTEGER NOT NULL, identity TEXT NOT NULL, at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE session (client TEXT PRIMARY KEY, identity TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE subscription (
  client TEXT NOT NULL, filter TEXT NOT NULL, qos INTEGER NOT NULL, PRIMARY KEY (client, filter)
) WITHOUT ROWID;
CREATE TABLE queued (
  client TEXT NOT NULL, number INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL, qos INTEGER NOT NULL,
  packet_id INTEGER NOT NULL DEFAULT 0, released INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (client, number)
) WITHOUT ROWID;
CREATE TABLE received (client TEXT NOT NULL, packet_id INTEGER NOT NULL, PRIMARY KEY (client, packet_id)) WITHOUT ROWID;
CREATE TABLE will (
  client TEXT PRIMARY KEY, identity TEXT NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL,
  qos INTEGER NOT NULL, retain INTEGER NOT NULL
) WITHOUT ROWID;
PRAGMA user_version = ${SCHEMA_VERSION};
`;
