/** The model of the store and the store itself, given the same calls, come to the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../cloud/store/sqlite.ts';
import type { AcceptedRecord, LaneMove } from '../../cloud/store/store.ts';
import { manualClock } from '../../devices/model/clock.ts';
import { GENESIS, lanes, type RecordBody, recordId } from '../../devices/wire.ts';
import { pick, type Random, seededRandom } from '../random.ts';
import { ModelWriter, StoreModel } from './store-model.ts';

const GATEWAY = 'gw-1';
const EPOCH = 'epoch0001';
const CALLS = 120;

const chainOf = (sequence: number): string => sequence.toString(16).padStart(64, '0');

function bodyOf(sequence: number, random: Random): RecordBody {
  const draw = random();
  if (draw < 0.4)
    return {
      type: 'observation',
      observation: {
        id: recordId(GATEWAY, EPOCH, sequence),
        kind: 'door.opened',
        site: 'linden',
        asset: 'back-door',
        source: 'zigbee2mqtt:0x01',
        observedAt: sequence,
        receivedAt: sequence,
        clock: 'set',
      },
    };
  if (draw < 0.8)
    return {
      type: 'detection',
      // Few names: the last word on a detection counts.
      detection: {
        id: `found-${Math.floor(random() * 20)}`,
        at: Math.floor(random() * 1_000),
        rule: 'forced-open',
        severity: 'high',
        source: GATEWAY,
        assets: ['back-door'],
        identities: [],
        observables: {},
        summary: `as of ${sequence}`,
        facts: {},
        evidence: [],
        count: 1,
      },
    };
  const from = Math.max(1, sequence - 2);
  const lost = { lane: 'bulk', from, to: sequence, count: 2, reason: 'disk-full', at: 1 } as const;
  return { type: 'loss', loss: { ...lost, resumes: GENESIS, publicKey: 'AAAA', signature: 'AAAA' } };
}

/** Records as they may come: some again, some behind what is missing, with and without a move. */
function callOf(random: Random): { records: AcceptedRecord[]; moves: LaneMove[] } {
  const lane = pick(lanes, random);
  const first = 1 + Math.floor(random() * 200);
  const records = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index): AcceptedRecord => {
    const sequence = 2 * (first + index) + (lane === 'alarm' ? 0 : 1);
    // What a number stands for never changes: the same record comes again as it was.
    const body = bodyOf(sequence, seededRandom(sequence));
    const json = JSON.stringify({ sequence, after: 0, at: 1, body });
    return {
      gateway: GATEWAY,
      epoch: EPOCH,
      lane,
      sequence,
      receivedAt: 1,
      body,
      json,
      chain: chainOf(sequence),
    };
  });
  const sequence = (records.at(-1)?.sequence ?? 0) + 2 * Math.floor(random() * 3);
  const after = Math.floor(random() * 60);
  const move = { gateway: GATEWAY, epoch: EPOCH, lane, sequence, chain: chainOf(sequence), after };
  return { records, moves: random() < 0.5 ? [] : [move] };
}

test('after any calls, some refused, the model holds what SQLite holds', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-model-'));
  const store = openSqliteStore({
    file: join(folder, 'store.sqlite'),
    clock: manualClock(0),
    sitesOf: () => [],
  });
  try {
    const model = new StoreModel();
    const writer = new ModelWriter(
      (_ms, task) => void setImmediate(task),
      () => ({ ms: 0 }),
      () => undefined,
    );
    const random = seededRandom(20_261_124);
    const outcomes: [boolean, boolean][] = [];
    for (let call = 0; call < CALLS; ) {
      // Several at once stand in one transaction.
      const group = Array.from({ length: 1 + Math.floor(random() * 5) }, () => callOf(random));
      call += group.length;
      const wasStored = (result: PromiseSettledResult<void>) => result.status === 'fulfilled';
      const real = await Promise.allSettled(group.map(({ records, moves }) => store.commit(records, moves)));
      const told = await Promise.allSettled(
        group.map(({ records, moves }) => writer.write(model.commitCall(records, moves))),
      );
      outcomes.push(
        ...real.map((one, index): [boolean, boolean] => [
          wasStored(one),
          told[index] !== undefined && wasStored(told[index]),
        ]),
      );
      const byLane = (a: { lane: string }, b: { lane: string }) => (a.lane < b.lane ? -1 : 1);
      expect(model.positions(GATEWAY).sort(byLane)).toEqual(store.positions(GATEWAY).sort(byLane));
    }
    expect(outcomes.filter(([real, told]) => real !== told)).toEqual([]);
    expect(outcomes.some(([real]) => !real)).toBe(true);
    expect(model.detections()).toEqual([...store.detections({})]);
    const byEnd = (a: { to: number }, b: { to: number }) => a.to - b.to;
    expect(model.losses(GATEWAY).sort(byEnd)).toEqual(store.losses(GATEWAY).sort(byEnd));
    for (const lane of lanes) {
      const of = { gateway: GATEWAY, epoch: EPOCH, lane };
      expect(model.lane(of).map(({ sequence, chain, json }) => ({ sequence, chain, json }))).toEqual(
        store.chained(of, 0, 10_000),
      );
    }
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
