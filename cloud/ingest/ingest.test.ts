import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { MAX_BATCH_BYTES, type Receipt, uplinkRecord } from '../../devices/wire.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { AcceptedRecord, Store } from '../store/store.ts';
import { createCredentials, MAX_FAILURES } from './credentials.ts';
import {
  type Answer,
  createIngest,
  type Ingest,
  type IngestOptions,
  MAX_UNSTORED_BATCHES,
} from './ingest.ts';
import { isSoundObservationRecord } from './observation-shape.ts';
import { type MadeRecord, TestLane, testCredential, testObservation, testToken } from './testing.ts';

const clock = manualClock(1_800_000_000_000);
let directory: string;
let store: Store;
let ending: AbortController;
let committed: AcceptedRecord[];

const start = (over: Partial<IngestOptions> = {}): Ingest =>
  createIngest(
    {
      store,
      credentials: createCredentials([testCredential]),
      clock,
      onCommitted: (records) => {
        committed.push(...records);
      },
      ...over,
    },
    ending.signal,
  );

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ingest-'));
  store = openSqliteStore({ file: join(directory, 'store.sqlite'), clock, sitesOf: () => [] });
  ending = new AbortController();
  committed = [];
});
afterEach(async () => {
  ending.abort();
  await store.close();
  await rm(directory, { recursive: true });
});

function receiptOf(answer: Answer): Receipt {
  if (!('receipt' in answer)) throw new Error(JSON.stringify(answer));
  return answer.receipt;
}
const records = (lane: TestLane, count: number): MadeRecord[] =>
  Array.from({ length: count }, () => lane.record());
const stored = () => Number(store.counts().record);

describe('a lane', () => {
  it('is stored before it is acknowledged, and goes on after a restart of the cloud', async () => {
    const lane = new TestLane();
    const first = receiptOf(await start().receive(testCredential, 'bulk', lane.batch(records(lane, 3))));
    expect(first).toEqual({
      epoch: 'epoch0001',
      lane: 'bulk',
      sequence: 3,
      chain: lane.chain,
      resend: false,
    });
    expect(stored()).toBe(3);
    expect(
      receiptOf(await start().receive(testCredential, 'bulk', lane.batch(records(lane, 2)))).sequence,
    ).toBe(5);
    expect(committed.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  });

  it('takes batches that were sent ahead of the receipts, in order', async () => {
    const ingest = start();
    const lane = new TestLane();
    const batches = Array.from({ length: 8 }, () => lane.batch(records(lane, 10)));
    const answers = await Promise.all(batches.map((batch) => ingest.receive(testCredential, 'bulk', batch)));
    expect(answers.map((answer) => receiptOf(answer).sequence)).toEqual([10, 20, 30, 40, 50, 60, 70, 80]);
  });

  it('gets its receipts late, and then none, while whoever takes the records can take no more', async () => {
    const room = Promise.withResolvers<void>();
    const ingest = start({ onCommitted: () => room.promise });
    const lane = new TestLane();
    const batches = Array.from({ length: MAX_UNSTORED_BATCHES + 1 }, () => lane.batch(records(lane, 2)));
    const answers: Answer[] = [];
    const taken = batches.map(async (batch) => {
      answers.push(await ingest.receive(testCredential, 'bulk', batch));
    });
    await expect.poll(stored).toBe(MAX_UNSTORED_BATCHES * 2);
    // The one too many is sent back; the others are stored, and not acknowledged.
    await expect.poll(() => answers.length).toBe(1);
    expect(answers[0]).toHaveProperty('later');
    expect(ingest.metrics()).toMatchObject({ shed: 1 });
    room.resolve();
    await Promise.all(taken);
    expect(answers.slice(1).map((answer) => receiptOf(answer).sequence)).toHaveLength(MAX_UNSTORED_BATCHES);
    expect(ingest.metrics().unstoredBytes).toBe(0);
    expect(
      receiptOf(await ingest.receive(testCredential, 'bulk', batches.at(-1) ?? new Uint8Array())),
    ).toMatchObject({
      sequence: lane.sequence,
    });
  });

  it('stores each record once, whatever is duplicated, reordered or dropped on the way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ size: fc.integer({ min: 1, max: 6 }) }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(20), { maxLength: 25 }),
        fc.stringMatching(/^[a-z]{8}$/),
        async (sizes, deliveries, epoch) => {
          const before = stored();
          const ingest = start();
          const lane = new TestLane('bulk', 'gw-1', epoch);
          const batches = sizes.map(({ size }) => lane.batch(records(lane, size)));
          for (const index of deliveries) {
            const batch = batches[index % batches.length];
            if (batch !== undefined) await ingest.receive(testCredential, 'bulk', batch);
          }
          // What a gateway does in the end: all of it, in order.
          let last: Receipt | undefined;
          for (const batch of batches) last = receiptOf(await ingest.receive(testCredential, 'bulk', batch));
          expect(last).toMatchObject({ sequence: lane.sequence, chain: lane.chain });
          expect(stored() - before).toBe(lane.sequence);
          const sequences = committed
            .filter((record) => record.epoch === epoch)
            .map(({ sequence }) => sequence);
          expect(sequences).toEqual(Array.from({ length: lane.sequence }, (_, index) => index + 1));
        },
      ),
      { numRuns: 20 },
    );
  }, 60_000);

  it('asks for what is missing, and says what it has', async () => {
    const ingest = start();
    const lane = new TestLane();
    await ingest.receive(testCredential, 'bulk', lane.batch(records(lane, 2)));
    const lost = lane.batch(records(lane, 2));
    const next = lane.batch(records(lane, 2));
    expect(receiptOf(await ingest.receive(testCredential, 'bulk', next))).toMatchObject({
      sequence: 2,
      resend: true,
    });
    expect(receiptOf(await ingest.receive(testCredential, 'bulk', lost))).toMatchObject({
      sequence: 4,
      resend: false,
    });
    expect(receiptOf(await ingest.receive(testCredential, 'bulk', next))).toMatchObject({
      sequence: 6,
      resend: false,
    });
  });

  it('asked in vain for long, goes on without what is missing and tells', async () => {
    const troubles: string[] = [];
    const ingest = start({ askForMs: 0, onTrouble: ({ message }) => troubles.push(message) });
    const lane = new TestLane();
    records(lane, 2);
    const batch = lane.batch(records(lane, 2));
    const originalNow = performance.now.bind(performance);
    let ahead = 0;
    performance.now = () => originalNow() + ahead;
    try {
      for (let ask = 0; ask < 30; ask++) {
        ahead += 1_000;
        await ingest.receive(testCredential, 'bulk', batch);
      }
    } finally {
      performance.now = originalNow;
    }
    expect(committed.map(({ sequence }) => sequence)).toEqual([3, 4]);
    expect(troubles).toEqual(['nothing between 0 and 2, without a loss notice']);
    expect(ingest.metrics().unexplainedGaps).toBe(1);
  });
});

describe('a loss notice', () => {
  it('bridges a gap when it is signed, also where part of the range had arrived', async () => {
    const ingest = start();
    const lane = new TestLane();
    await ingest.receive(testCredential, 'bulk', lane.batch(records(lane, 2)));
    const before = { sequence: lane.sequence, chain: lane.chain };
    const third = lane.record();
    await ingest.receive(testCredential, 'bulk', lane.batch([third]));
    // The gateway never got that receipt: for it, the loss begins behind record 2.
    lane.record();
    const resumes = lane.chain;
    lane.sequence = before.sequence;
    const notice = lane.loss(4, {}, resumes);
    const after = lane.record();
    const receipt = receiptOf(await ingest.receive(testCredential, 'bulk', lane.batch([notice, after])));
    expect(receipt).toMatchObject({ sequence: 5, chain: lane.chain, resend: false });
    expect(store.losses('gw-1')).toMatchObject([{ gateway: 'gw-1', from: 3, to: 4, reason: 'disk-full' }]);
  });

  it('with another signature or from another key than before is refused', async () => {
    const ingest = start();
    const lane = new TestLane();
    const forged = lane.loss(4);
    const text = Buffer.from(forged.line).toString('utf8').replace('"count":4', '"count":1');
    const answer = receiptOf(
      await ingest.receive(testCredential, 'bulk', lane.batch([{ ...forged, line: Buffer.from(text) }])),
    );
    expect(answer).toMatchObject({ sequence: 0, resend: true });
    expect(store.losses()).toEqual([]);
    const known = { ...testCredential, publicKey: Buffer.from('another').toString('base64') };
    expect(receiptOf(await start().receive(known, 'bulk', lane.batch([forged])))).toMatchObject({
      sequence: 0,
      resend: true,
    });
  });
});

describe('a record that is not what it should be', () => {
  const poison: [string, (id: string) => unknown, RegExp][] = [
    ['of an unknown kind', (id) => testObservation(id, { kind: 'door.exploded' }), /kind/],
    ['of another site', (id) => testObservation(id, { site: 'bank-1' }), /site: "bank-1"/],
    ['of an asset of another site', (id) => testObservation(id, { asset: 'vault' }), /asset: "vault"/],
    ["with another gateway's id", (id) => testObservation(id.replace('gw-1', 'gw-2')), /id/],
    [
      'of next year',
      (id) => testObservation(id, { observedAt: 1_800_000_000_000 + 366 * 86_400_000 }),
      /future/,
    ],
    ['that is something else altogether', () => ({ type: 'shopping-list' }), /type/],
  ];
  it.each(poison)('%s goes into quarantine, and the lane goes on', async (_what, body, reason) => {
    const ingest = start({ siteOfAsset: (asset) => (asset === 'vault' ? 'bank-1' : undefined) });
    const lane = new TestLane();
    const batch = lane.batch([lane.record(), lane.record(body), lane.record()]);
    expect(receiptOf(await ingest.receive(testCredential, 'bulk', batch))).toMatchObject({
      sequence: 3,
      resend: false,
    });
    expect(committed.map(({ sequence }) => sequence)).toEqual([1, 3]);
    const { total, newest } = store.quarantined(10);
    expect(total).toBe(1);
    expect(newest[0]?.reason).toMatch(reason);
    expect(newest[0]?.peer).toBe('gw-1/epoch0001/2');
  });

  it('whose time is a little ahead is kept and counted', async () => {
    const ingest = start();
    const lane = new TestLane();
    const ahead = lane.record((id) => testObservation(id, { observedAt: 1_800_000_000_000 + 3_600_000 }));
    await ingest.receive(testCredential, 'bulk', lane.batch([ahead]));
    expect(committed).toHaveLength(1);
    expect(ingest.metrics().clockAhead).toBe(1);
  });

  it('a detection that names no site is of its gateway’s, and no other gateway may say more of it', async () => {
    const said = { id: 'd1', at: 1, rule: 'r', severity: 'high', source: 'x', summary: 's' };
    const detection = { ...said, assets: [], identities: [], observables: {} };
    const other = { ...testCredential, id: 'gw-2', site: 'bank-1' };
    const ingest = start({ credentials: createCredentials([testCredential, other]) });
    const first = new TestLane('alarm');
    const record = first.record(() => ({ type: 'detection', detection }));
    await ingest.receive(testCredential, 'alarm', first.batch([record]));
    expect(store.detection('d1')?.site).toBe('pharmacy-1');
    const second = new TestLane('alarm', 'gw-2');
    const forged = second.record(() => ({
      type: 'detection',
      detection: { ...detection, severity: 'info' },
    }));
    await ingest.receive(other, 'alarm', second.batch([forged]));
    expect(store.detection('d1')?.severity).toBe('high');
    // One of the cloud's own that has no site is nobody's at all.
    await store.append([], [{ ...detection, id: 'd2', severity: 'high', facts: {}, evidence: [], count: 1 }]);
    const third = first.record(() => ({
      type: 'detection',
      detection: { ...detection, id: 'd2', severity: 'info' },
    }));
    await ingest.receive(testCredential, 'alarm', first.batch([third]));
    expect(store.detection('d2')?.severity).toBe('high');
    expect(ingest.metrics().refusedRecords).toBe(2);
  });

  it("a detection under the id of another site's is refused", async () => {
    const detection = {
      id: 'd1',
      at: 1,
      rule: 'r',
      severity: 'high',
      source: 'x',
      assets: [],
      identities: [],
      observables: {},
      summary: 's',
    };
    await store.append(
      [],
      [{ ...detection, severity: 'high', site: 'bank-1', facts: {}, evidence: [], count: 1 }],
    );
    const lane = new TestLane('alarm');
    const forged = lane.record(() => ({
      type: 'detection',
      detection: { ...detection, site: 'pharmacy-1' },
    }));
    await start().receive(testCredential, 'alarm', lane.batch([forged]));
    expect(store.detection('d1')?.site).toBe('bank-1');
    expect(store.quarantined(1).newest[0]?.reason).toMatch(/another site's detection/);
  });

  it('any change to a batch is never taken for the original', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.stringMatching(/^[a-z]{8}$/),
        async (at, change, epoch) => {
          const lane = new TestLane('bulk', 'gw-1', epoch);
          const original = records(lane, 3);
          const batch = Buffer.from(lane.batch(original));
          const headerEnd = batch.indexOf(10);
          const index = headerEnd + 1 + (at % (batch.length - headerEnd - 1));
          batch[index] = (batch[index] ?? 0) ^ change;
          const before = committed.length;
          await start().receive(testCredential, 'bulk', batch);
          for (const { sequence, chain } of committed.slice(before))
            expect(original.find((record) => record.sequence === sequence)?.chain).toBe(chain);
          expect(committed.length - before).toBeLessThan(3);
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('a batch', () => {
  it("in somebody else's name, on another lane or too large is refused whole", async () => {
    const ingest = start();
    const lane = new TestLane('bulk', 'gw-2');
    expect(await ingest.receive(testCredential, 'bulk', lane.batch(records(lane, 1)))).toEqual({
      refused: 'header: gateway "gw-2"',
    });
    const own = new TestLane();
    expect(await ingest.receive(testCredential, 'alarm', own.batch(records(own, 1)))).toEqual({
      refused: 'header: lane "bulk" on alarm',
    });
    expect(await ingest.receive(testCredential, 'bulk', new Uint8Array(MAX_BATCH_BYTES + 1))).toMatchObject({
      refused: expect.stringContaining('at most'),
    });
    expect(stored()).toBe(0);
    expect(ingest.metrics().refusedBatches).toBe(3);
  });
});

it('the quick look at an observation never says yes where the schema says no', () => {
  const observation = fc.record(
    {
      id: fc.string({ maxLength: 300 }),
      kind: fc.constantFrom('door.opened', 'login.failed', 'nothing'),
      site: fc.constantFrom('pharmacy-1', 'Not An Identifier', ''),
      asset: fc.string({ maxLength: 140 }),
      source: fc.string({ maxLength: 20, unit: 'binary' }),
      observedAt: fc.oneof(fc.integer(), fc.double(), fc.constant('1')),
      receivedAt: fc.nat(),
      clock: fc.constantFrom('set', 'unset', 'wrong'),
      value: fc.oneof(fc.double(), fc.constant(null), fc.string()),
      subjects: fc.oneof(
        fc.record({ badge: fc.string(), identity: fc.string() }, { requiredKeys: [] }),
        fc.anything(),
      ),
      observables: fc.oneof(fc.dictionary(fc.string(), fc.string(), { maxKeys: 40 }), fc.anything()),
      facts: fc.oneof(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double(), fc.boolean())),
        fc.anything(),
      ),
      more: fc.anything(),
    },
    { requiredKeys: ['id', 'kind', 'site'] },
  );
  const sound = fc.constant(testObservation('gw-1/epoch0001/1'));
  const record = fc.record(
    {
      sequence: fc.oneof(fc.nat(), fc.double()),
      after: fc.oneof(fc.nat(), fc.integer()),
      at: fc.nat(),
      boot: fc.oneof(fc.string(), fc.anything()),
      bootMs: fc.oneof(fc.nat(), fc.anything()),
      body: fc.oneof(fc.record({ type: fc.constantFrom('observation', 'detection'), observation }), sound),
    },
    { requiredKeys: ['sequence', 'after', 'at', 'body'] },
  );
  let yes = 0;
  fc.assert(
    fc.property(fc.oneof(record, fc.anything()), (value) => {
      const parsed: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
      const result = uplinkRecord.safeParse(parsed);
      if (!isSoundObservationRecord(parsed)) return;
      yes++;
      expect(result.success && result.data).toEqual(parsed);
    }),
    { numRuns: 3_000 },
  );
  expect(yes).toBeGreaterThan(50);
  for (const over of [
    { facts: { a: 1, b: true, c: 'x' } },
    { observables: { ip: '192.0.2.1' } },
    { subjects: { badge: '1', account: 'mia', identity: 'mia' } },
  ])
    expect(
      isSoundObservationRecord({
        sequence: 1,
        after: 0,
        at: 1,
        boot: 'b007',
        bootMs: 17,
        body: testObservation('x', over),
      }),
    ).toBe(true);
});

describe('credentials', () => {
  it('only the right token opens, and guesses are throttled', () => {
    let now = 0;
    const credentials = createCredentials([testCredential], () => now);
    expect(credentials.authenticate('gw-1', testToken)).toBe(testCredential);
    expect(credentials.authenticate('gw-2', testToken)).toBeUndefined();
    for (let guess = 0; guess < MAX_FAILURES; guess++)
      expect(credentials.authenticate('gw-1', `guess ${guess}`)).toBeUndefined();
    expect(credentials.authenticate('gw-1', testToken)).toBeUndefined();
    // Nobody shuts a gateway out by guessing from somewhere else.
    expect(credentials.authenticate('gw-1', testToken, '192.0.2.7')).toBe(testCredential);
    now += 61_000;
    expect(credentials.authenticate('gw-1', testToken)).toBe(testCredential);
  });
});
