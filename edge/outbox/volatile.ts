/** An outbox that writes nothing anywhere: for a gateway that only tries something out. */
import { type Lane, recordId } from '../../devices/wire.ts';
import type { DurableOutbox } from './outbox.ts';
import { RecordJson } from './record-json.ts';

/** Numbers records and puts them into words as the durable one does, and forgets them. */
export function volatileOutbox(gateway: string): DurableOutbox {
  const epoch = 'volatile';
  const boot = '0000000000000000';
  const json = new RecordJson(boot);
  let lastSequence = 0;
  return {
    epoch,
    boot,
    bootMs: 0,
    newestAt: 0,
    setAside: undefined,
    get lastSequence() {
      return lastSequence;
    },
    stage(_lane, at, body) {
      const after = lastSequence++;
      const id = recordId(gateway, epoch, lastSequence);
      json.of(lastSequence, after, at, 0, body(id));
      return id;
    },
    keep(_key, value) {
      JSON.stringify(value);
    },
    forget: () => {},
    committed: () => Promise.resolve(),
    kept: () => new Map(),
    read: () => Promise.resolve([]),
    readLines: () => Promise.resolve({ records: 0, first: 0, last: 0, lines: new Uint8Array(0) }),
    acknowledge: () => Promise.resolve(),
    acknowledgeChecked: () => Promise.resolve(true),
    progress: (lane: Lane) => ({ lane, acknowledged: 0, waiting: 0 }),
    onStaged: () => {},
    metrics: () => ({ bytes: 0, full: false, commits: 0, givenUp: 0, stagedRecords: 0 }),
    close: () => Promise.resolve(),
  };
}
