/** The thread that writes the broker's state: one transaction a batch, on disk when it is answered. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Batch, BatchOutcome, Operation } from './state-operations.ts';

/** The disk is full, or another process holds the file: it may work later. All else is final (fsync, above all). */
const PASSING = new Set([5 /* BUSY */, 6 /* LOCKED */, 13 /* FULL */]);

function open(path: string): (operation: Operation) => void {
  const prepare = (sql: string) => database.prepare(sql);
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000;');
  const retain = prepare('INSERT OR REPLACE INTO retained VALUES (?, ?, ?, ?, ?)');
  const forget = prepare('DELETE FROM retained WHERE topic = ?');
  const session = prepare('INSERT OR REPLACE INTO session VALUES (?, ?, ?)');
  const ends = ['session', 'subscription', 'queued', 'received'].map((table) =>
    prepare(`DELETE FROM ${table} WHERE client = ?`),
  );
  const subscribe = prepare('INSERT OR REPLACE INTO subscription VALUES (?, ?, ?)');
  const unsubscribe = prepare('DELETE FROM subscription WHERE client = ? AND filter = ?');
  const queue = prepare(
    'INSERT OR REPLACE INTO queued (client, number, topic, payload, qos) VALUES (?, ?, ?, ?, ?)',
  );
  const sent = prepare('UPDATE queued SET packet_id = ?, released = ? WHERE client = ? AND number = ?');
  const dequeue = prepare('DELETE FROM queued WHERE client = ? AND number = ?');
  const received = prepare('INSERT OR REPLACE INTO received VALUES (?, ?)');
  const complete = prepare('DELETE FROM received WHERE client = ? AND packet_id = ?');
  const will = prepare('INSERT OR REPLACE INTO will VALUES (?, ?, ?, ?, ?, ?)');
  const unwill = prepare('DELETE FROM will WHERE client = ?');
  transaction = (work) => {
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  close = () => database.close();
  return (o) => {
    switch (o.do) {
      case 'retain':
        return retain.run(o.topic, o.payload, o.qos, o.identity, o.at);
      case 'forget':
        return forget.run(o.topic);
      case 'session':
        return session.run(o.client, o.identity, o.at);
      case 'end':
        for (const end of ends) end.run(o.client);
        return;
      case 'subscribe':
        return subscribe.run(o.client, o.filter, o.qos);
      case 'unsubscribe':
        return unsubscribe.run(o.client, o.filter);
      case 'queue':
        return queue.run(o.client, o.number, o.topic, o.payload, o.qos);
      case 'sent':
        return sent.run(o.packetId, o.released ? 1 : 0, o.client, o.number);
      case 'dequeue':
        return dequeue.run(o.client, o.number);
      case 'received':
        return received.run(o.client, o.packetId);
      case 'complete':
        return complete.run(o.client, o.packetId);
      case 'will':
        return will.run(o.client, o.identity, o.topic, o.payload, o.qos, o.retain ? 1 : 0);
      case 'unwill':
        return unwill.run(o.client);
    }
  };
}

let transaction: (work: () => void) => void;
let close: () => void;
const path: unknown = workerData;
if (parentPort === null || typeof path !== 'string') throw new Error('started without a port or a path');
const port = parentPort;
const write = open(path);
port.postMessage({ number: 0 } satisfies BatchOutcome);
/** After a failed sync nothing may be written again as if it had worked: the kernel drops what it could not write. */
let final = false;

port.on('message', (batch: Batch | 'close') => {
  if (batch === 'close') {
    close();
    port.close();
    return;
  }
  const outcome: BatchOutcome = { number: batch.number };
  try {
    if (final) throw new Error('an earlier write failed');
    transaction(() => {
      for (const operation of batch.operations) write(operation);
    });
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
    final ||= !PASSING.has(code);
    outcome.failure = { message: String(error), final };
  }
  port.postMessage(outcome);
});
