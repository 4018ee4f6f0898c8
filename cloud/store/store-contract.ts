/** What every implementation of the store must hold; run by the test of each. Test code: it imports vitest. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { type Detection, detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { GENESIS, recordId } from '../../devices/wire.ts';
import {
  type AcceptedRecord,
  type Activity,
  DocumentChanged,
  type Ruling,
  type Store,
  type Suppression,
} from './store.ts';

const EPOCH = 'epoch0001';
const clock = manualClock(1_000_000);

const seen = (sequence: number, over: Partial<Observation> = {}): Observation =>
  observation.parse({
    id: recordId('gw-1', EPOCH, sequence),
    kind: 'door.opened',
    site: 'linden',
    asset: 'back-door',
    source: 'zigbee2mqtt:0x01',
    observedAt: 1_000 * sequence,
    receivedAt: 1_000 * sequence + 5,
    clock: 'set',
    ...over,
  });

const judged = (id: string, over: Partial<Detection> = {}): Detection =>
  detection.parse({
    id,
    at: 5_000,
    rule: 'forced-open',
    severity: 'high',
    source: 'gw-1',
    assets: ['back-door'],
    identities: [],
    observables: {},
    summary: 'The back door was forced',
    ...over,
  });

function record(
  sequence: number,
  body: AcceptedRecord['body'],
  over: Partial<AcceptedRecord> = {},
): AcceptedRecord {
  const json = JSON.stringify({ sequence, after: sequence - 1, at: 1, body });
  return {
    gateway: 'gw-1',
    epoch: EPOCH,
    lane: 'alarm',
    sequence,
    receivedAt: 1,
    body,
    json,
    chain: GENESIS,
    ...over,
  };
}

const found = (id: string, over: Partial<Incident> = {}): Incident => ({
  id,
  title: 'Forced door',
  first: 1_000,
  last: 2_000,
  severity: 'high',
  priority: 50,
  detections: ['d1'],
  assets: ['back-door'],
  identities: [],
  links: [],
  ...over,
});

/** `open` opens the same store again at each call until `forget` makes a new one. */
export function storeContract(
  name: string,
  engine: { open(clockOf: typeof clock): Store; forget(): void },
): void {
  describe(`${name} as a store`, () => {
    let store: Store;
    beforeEach(() => {
      store = engine.open(clock);
    });
    afterEach(async () => {
      await store.close();
      engine.forget();
    });
    const reopened = async () => {
      await store.close();
      store = engine.open(clock);
      return store;
    };

    test('a record is found again after a restart, with its bytes, and its lane has moved', async () => {
      await store.commit([
        record(1, { type: 'observation', observation: seen(1) }),
        record(2, { type: 'detection', detection: judged('d1') }),
      ]);
      await reopened();
      expect(store.observations({ limit: 10 })).toEqual([seen(1)]);
      expect(store.detection('d1')).toEqual(judged('d1'));
      expect(store.positions('gw-1')).toEqual([
        { gateway: 'gw-1', epoch: EPOCH, lane: 'alarm', sequence: 2, chain: GENESIS },
      ]);
    });

    test('a record that comes again is stored once, and a lane never moves back', async () => {
      const records = [1, 2, 3].map((sequence) =>
        record(sequence, { type: 'observation', observation: seen(sequence) }),
      );
      await store.commit(records);
      await store.commit(records.slice(0, 2));
      expect(store.counts().record).toBe(3);
      expect(store.observations({ limit: 10 })).toHaveLength(3);
      expect(store.positions('gw-1').map(({ sequence }) => sequence)).toEqual([3]);
    });

    test('a lane moves past records that were refused, and only from where it stood', async () => {
      const at = { gateway: 'gw-1', epoch: EPOCH, lane: 'alarm' as const };
      const move = (after: number, sequence: number) => ({ ...at, after, sequence, chain: 'a'.repeat(64) });
      await store.commit([record(1, { type: 'observation', observation: seen(1) })], [move(0, 3)]);
      expect(store.positions('gw-1')).toEqual([{ ...at, sequence: 3, chain: 'a'.repeat(64) }]);
      const behindAGap = record(8, { type: 'observation', observation: seen(8) });
      await expect(store.commit([behindAGap], [move(7, 8)])).rejects.toThrow();
      expect(store.counts().record).toBe(1);
      expect(store.positions('gw-1').map(({ sequence }) => sequence)).toEqual([3]);
    });

    test('observations are found by id, kind, asset and time, the newest first', async () => {
      const all = [seen(1), seen(2, { asset: 'front-door' }), seen(3, { kind: 'door.closed' }), seen(4)];
      await store.append(all, []);
      const ids = (query: Partial<Parameters<Store['observations']>[0]>) =>
        store.observations({ limit: 10, ...query }).map(({ observedAt }) => observedAt / 1_000);
      expect(ids({})).toEqual([4, 3, 2, 1]);
      expect(ids({ limit: 2 })).toEqual([4, 3]);
      expect(ids({ asset: 'back-door', kinds: ['door.opened'] })).toEqual([4, 1]);
      expect(ids({ from: 2_000, to: 3_000 })).toEqual([3, 2]);
      expect(ids({ ids: [seen(2).id, 'nothing'] })).toEqual([2]);
    });

    test('what a gateway noted without the time is put right with the record that says so, and only that', async () => {
      const set = seen(5, {
        kind: 'clock.set',
        observedAt: 900_000,
        facts: { correctionMs: 100_000, fromSequence: 2 },
      });
      const takenAt = 3_000;
      const image = { id: 'gw-1/p', asset: 'back-door', site: 'linden', takenAt, base64: '' };
      await store.commit([
        record(1, { type: 'observation', observation: seen(1, { clock: 'unset' }) }),
        record(2, { type: 'observation', observation: seen(2, { clock: 'unset' }) }),
        record(3, { type: 'detection', detection: judged('d1', { at: 3_000 }) }),
        record(4, { type: 'picture', picture: { ...image, mediaType: 'image/jpeg' } }),
        record(6, { type: 'observation', observation: seen(6, { clock: 'foreign' }) }),
      ]);
      await store.append([], [judged('other', { at: 3_000 })]);
      expect(store.clockCorrections('gw-1', EPOCH)).toEqual([]);
      await store.commit([record(5, { type: 'observation', observation: set })]);
      await reopened();
      const known = store
        .observations({ limit: 10 })
        .map(({ observedAt, clock: quality }) => [observedAt, quality]);
      expect(known.sort()).toEqual(
        [
          [1_000, 'unset'],
          [102_000, 'corrected'],
          [6_000, 'foreign'],
          [900_000, 'set'],
        ].sort(),
      );
      expect(store.detection('d1')).toEqual(judged('d1', { at: 103_000 }));
      expect(store.detection('other')?.at).toBe(3_000);
      expect(store.picture('gw-1/p')?.takenAt).toBe(103_000);
      expect(store.picturesOf(['back-door'], 103_000, 103_000, 9)).toHaveLength(1);
      const correction = { from: 2, until: 5, correctionMs: 100_000, setAt: 900_000 };
      expect(store.clockCorrections('gw-1', EPOCH)).toEqual([
        { gateway: 'gw-1', epoch: EPOCH, ...correction },
      ]);
      expect(store.clockCorrections('gw-2', EPOCH)).toEqual([]);
      const range = { gateway: 'gw-1', epoch: EPOCH, from: 2, until: 5 };
      expect(store.detectionsOf(range).map(({ id }) => id)).toEqual(['d1']);
    });

    test('a detection can be revised and taken back', async () => {
      await store.append([], [judged('d1'), judged('d2', { at: 1 })]);
      await store.append([], [judged('d1', { count: 7 })]);
      expect([...store.detections({})].map(({ id, count }) => [id, count])).toEqual([
        ['d2', 1],
        ['d1', 7],
      ]);
      await store.withdraw(['d1']);
      expect([...store.detections({ from: 2 })]).toEqual([]);
    });

    test('what was put since is known by name, and what came again unchanged is not among it', async () => {
      await store.append([], [judged('d1'), judged('d2', { at: 6_000 })]);
      const before = store.position();
      await store.append([], [judged('d2', { at: 6_000 }), judged('d3', { at: 4_000, rule: 'held-open' })]);
      expect(store.changedSince(before)).toEqual({ detections: ['d3'], incidents: [] });
      await store.append([], [judged('d1', { at: 5_500 })]);
      await store.putIncidents([found('i1')], []);
      await store.withdraw(['d3']);
      await reopened();
      expect(store.changedSince(before)).toEqual({ detections: ['d1'], incidents: ['i1'] });
      expect(store.position()).toBeGreaterThan(before);
      expect(store.changedSince(store.position())).toEqual({ detections: [], incidents: [] });
      expect([...store.found(5_200)]).toEqual([
        { id: 'd1', at: 5_500, rule: 'forced-open' },
        { id: 'd2', at: 6_000, rule: 'forced-open' },
      ]);
    });

    test('incidents come most urgent first, of a site, in a state', async () => {
      await store.putIncidents(
        [found('i1'), found('i2', { priority: 90 }), found('i3', { assets: ['dock-1'] })],
        [],
      );
      await store.act({ incident: 'i1', at: 5, by: 'mia', action: 'resolved', text: 'a drill' });
      const ids = (query: object) =>
        store.incidents({ offset: 0, limit: 10, ...query }).map(({ incident }) => incident.id);
      expect(ids({})).toEqual(['i2', 'i1', 'i3']);
      expect(ids({ states: ['open'] })).toEqual(['i2', 'i3']);
      expect(ids({ site: 'north' })).toEqual(['i3']);
      expect(ids({ offset: 1, limit: 1 })).toEqual(['i1']);
      await store.putIncidents([found('i4', { last: 9_000_000 })], []);
      expect(ids({ lastFrom: 9_000_000 })).toEqual(['i4']);
      await store.putIncidents([], [{ id: 'i4' }]);
      expect(store.incidentCounts()).toEqual({
        open: 2,
        acknowledged: 0,
        contained: 0,
        resolved: 1,
        'false-alarm': 0,
      });
      expect(store.incidentCounts('linden').open).toBe(1);
    });

    test('what people did stays when the correlator finds more', async () => {
      await store.putIncidents([found('i1')], []);
      await store.act({ incident: 'i1', at: 5, by: 'mia', action: 'acknowledged' });
      await store.act({ incident: 'i1', at: 6, by: 'mia', action: 'assigned', assignee: 'leo' });
      await store.putIncidents([found('i1', { detections: ['d1', 'd2'] })], []);
      await reopened();
      expect(store.incident('i1')?.detections).toEqual(['d1', 'd2']);
      expect(store.handling('i1')).toEqual({
        incident: 'i1',
        state: 'acknowledged',
        assignee: 'leo',
        acknowledgedAt: 5,
        openedAt: 1_000_000,
      });
      expect(store.activities('i1').map(({ action }) => action)).toEqual(['acknowledged', 'assigned']);
    });

    test('an incident that is taken over leads to the other, with its history and its handling', async () => {
      await store.putIncidents([found('old')], []);
      await store.act({ incident: 'old', at: 5, by: 'mia', action: 'acknowledged' });
      await store.putIncidents([found('new', { detections: ['d0', 'd1'] })], [{ id: 'old', into: 'new' }]);
      await store.putIncidents([found('newest')], [{ id: 'new', into: 'newest' }]);
      expect(store.currentIncident('old')).toBe('newest');
      expect(store.incident('old')?.id).toBe('newest');
      expect(store.handling('newest')?.state).toBe('acknowledged');
      expect(store.activities('newest').map(({ by }) => by)).toEqual(['mia']);
      expect(store.incidents({ offset: 0, limit: 10 })).toHaveLength(1);
    });

    test('an incident that only gets another name keeps its state; one that meets an open one is open work', async () => {
      await store.putIncidents([found('i1'), found('i2'), found('i3')], []);
      for (const incident of ['i1', 'i3'])
        await store.act({ incident, at: 5, by: 'mia', action: 'resolved', text: 'a drill' });
      await store.putIncidents(
        [found('renamed', { detections: ['d0', 'd1'] })],
        [{ id: 'i1', into: 'renamed' }],
      );
      expect(store.handling('renamed')?.state).toBe('resolved');
      await store.putIncidents([found('i3', { detections: ['d1', 'd2'] })], [{ id: 'i2', into: 'i3' }]);
      expect(store.handling('i3')?.state).toBe('open');
    });

    test('an incident that nothing took over is dropped, and what people did stays on record', async () => {
      await store.putIncidents([found('i1')], []);
      await store.act({ incident: 'i1', at: 5, by: 'mia', action: 'noted', text: 'odd' });
      await store.putIncidents([], [{ id: 'i1' }]);
      expect(store.incident('i1')).toBeUndefined();
      expect(store.incidents({ offset: 0, limit: 10 })).toEqual([]);
      expect(store.incidentCounts('linden').open).toBe(0);
      expect(store.activities('i1').map(({ text }) => text)).toEqual(['odd']);
      await expect(store.act({ incident: 'i1', at: 6, by: 'mia', action: 'noted' })).rejects.toThrow(/i1/);
    });

    test('of two people who close an incident at once the second is told, and loses nothing of the first', async () => {
      await store.putIncidents([found('i1')], []);
      const from = ['open', 'acknowledged', 'contained'] as const;
      const [resolved, assigned, second] = await Promise.allSettled([
        store.act({ incident: 'i1', at: 5, by: 'mia', action: 'resolved', text: 'a drill' }, from),
        store.act({ incident: 'i1', at: 5, by: 'leo', action: 'assigned', assignee: 'leo' }),
        store.act({ incident: 'i1', at: 6, by: 'leo', action: 'false-alarm', text: 'wind' }, from),
      ]);
      expect([resolved.status, assigned.status, second.status]).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
      ]);
      expect(second.status === 'rejected' && second.reason).toMatchObject({ state: 'resolved' });
      expect(store.handling('i1')).toMatchObject({ state: 'resolved', assignee: 'leo' });
      expect(store.activities('i1')).toHaveLength(2);
    });

    test('acting on what is not there is refused by name', async () => {
      await expect(store.act({ incident: 'nothing', at: 1, by: 'mia', action: 'noted' })).rejects.toThrow(
        /nothing/,
      );
    });

    test('pictures are listed without their bytes and given whole', async () => {
      const picture = {
        id: 'p1',
        asset: 'camera',
        site: 'linden',
        takenAt: 7,
        mediaType: 'image/jpeg' as const,
        base64: '/9j/',
      };
      await store.commit([record(1, { type: 'picture', picture })]);
      expect(store.picturesOf(['camera', 'other'], 0, 10, 5)).toEqual([
        { id: 'p1', asset: 'camera', site: 'linden', takenAt: 7, mediaType: 'image/jpeg' },
      ]);
      expect(store.picture('p1')?.base64).toBe('/9j/');
    });

    test('what was refused is kept within bounds and counted without', async () => {
      for (let index = 0; index < 5; index++) {
        store.quarantine({
          at: index,
          wall: 'syslog',
          peer: '192.0.2.1',
          reason: 'not syslog',
          raw: new Uint8Array(10_000),
        });
      }
      await store.append([], []);
      const { total, newest } = store.quarantined(2);
      expect(total).toBe(5);
      expect(newest.map(({ at }) => at)).toEqual([4, 3]);
      expect(newest[0]?.raw.length).toBeLessThan(10_000);
    });

    test('a flood of what is refused is counted in full, and not all of it written', async () => {
      const flood = 12_000;
      for (let index = 0; index < flood; index++)
        store.quarantine({ at: index, wall: 'w', peer: 'p', reason: 'r', raw: new Uint8Array(1) });
      await store.append([], []);
      expect(store.quarantined(1).total).toBe(flood);
      expect(store.quarantined(5_000).newest.length).toBeLessThan(flood / 2);
    });

    test('the audit trail is read newest first, page by page', async () => {
      for (const at of [1, 2, 3])
        await store.audit({ at, by: 'mia', from: '192.0.2.1', action: 'signed-in', about: `${at}` });
      expect(store.audited({ offset: 0, limit: 2 }).map(({ at }) => at)).toEqual([3, 2]);
      expect(store.audited({ offset: 2, limit: 2 })).toEqual([
        { at: 1, by: 'mia', from: '192.0.2.1', action: 'signed-in', about: '1' },
      ]);
    });

    test('what changes waits until it is taken, what has a state as it stands now', async () => {
      await store.audit({ at: 1, by: 'mia', from: '', action: 'signed-in', about: 'session' });
      await store.putAccount({ name: 'mia', passwordHash: 'x', role: 'operator' });
      const first = store.changes(10);
      expect(first.map(({ kind }) => kind)).toEqual(['audit', 'account']);
      expect(store.changes(1)).toEqual(first.slice(0, 1));
      expect(store.changes(10, first[0]?.number)).toEqual(first.slice(1));
      await store.putAccount({ name: 'mia', passwordHash: 'x', role: 'auditor' });
      await reopened();
      // The account changed again after it was read: taking what was read leaves that to be taken.
      await store.takeChanges(first.at(-1)?.number ?? 0);
      const number = store.lastChange();
      expect(store.changes(10)).toEqual([{ number, kind: 'account', name: 'mia', role: 'auditor' }]);
      await store.takeChanges(number);
      expect(store.changes(10)).toEqual([]);
      expect(store.lastChange()).toBe(number);
    });

    test('accounts, sessions and cursors are found again, and an ended session is gone', async () => {
      await store.putAccount({ name: 'mia', passwordHash: 'x', role: 'operator' });
      await store.putSession('t1', 'mia', 2_000_000);
      await store.putSession('t2', 'mia', 2_000_000);
      await store.endSession('t2');
      await store.putCursor('web', '17');
      await reopened();
      expect(store.account('mia')?.role).toBe('operator');
      expect(store.accounts().map(({ name: of }) => of)).toEqual(['mia']);
      expect(store.session('t1')).toEqual({ account: 'mia', expiresAt: 2_000_000 });
      expect(store.session('t2')).toBeUndefined();
      expect(store.cursor('web')).toBe('17');
    });

    describe('what people decide', () => {
      const audit = { at: 5, by: 'mara', from: '::1', action: 'incident.split', about: 'i-1' };

      test('is kept in the order in which it was first said, with its line of the trail and its activities', async () => {
        const ruling = (id: string): Ruling => ({
          id,
          kind: 'split',
          at: 5,
          by: 'mara',
          text: 'another van',
          timeZone: 'UTC',
          incidents: ['i-1'],
          one: ['d-1'],
          other: ['d-2'],
        });
        const activity: Activity = {
          incident: 'i-1',
          at: 5,
          by: 'mara',
          action: 'split',
          text: 'another van',
        };
        await store.putRuling(ruling('r-2'), audit, [activity]);
        await store.putRuling(ruling('r-1'), audit);
        const undone = { ...ruling('r-2'), undone: { at: 6, by: 'tom' } };
        await store.putRuling(undone);
        expect(store.rulings()).toEqual([undone, ruling('r-1')]);
        expect(store.audited({ offset: 0, limit: 9 })).toEqual([audit, audit]);
        expect(store.activities('i-1')).toEqual([activity]);
      });

      test('to keep back and to switch, likewise; the last word counts', async () => {
        const suppression: Suppression = {
          id: 's-1',
          rule: 'held-open',
          owner: 'mara',
          text: 'builders',
          by: 'mara',
          at: 5,
          from: 5,
          until: 9,
        };
        await store.putSuppression(suppression, audit);
        const ended = { ...suppression, ended: { at: 9, by: 'gatehouse', held: 2, newest: ['d-1'] } };
        await store.putSuppression(ended, audit);
        expect(store.suppressions()).toEqual([ended]);
        await store.putSwitch({ monitor: 'communication', enabled: true, at: 1, by: 'ines' }, audit);
        await store.putSwitch({ monitor: 'communication', enabled: false, at: 2, by: 'ines' }, audit);
        expect(store.switches()).toEqual([{ monitor: 'communication', enabled: false, at: 2, by: 'ines' }]);
      });

      test('keeps what the tools put down, by kind and id, with its line of the audit trail', async () => {
        await store.putDocuments(
          [
            { kind: 'view', id: 'b', value: { name: 'mine' }, expected: 0 },
            { kind: 'view', id: 'a', value: [1, 'two'] },
            { kind: 'shift', id: 'a', value: 7 },
          ],
          audit,
        );
        await store.putDocuments([{ kind: 'view', id: 'b', value: { name: 'ours' }, expected: 1 }]);
        expect(store.documents('view')).toEqual([
          { kind: 'view', id: 'a', revision: 1, value: [1, 'two'] },
          { kind: 'view', id: 'b', revision: 2, value: { name: 'ours' } },
        ]);
        await store.putDocuments([{ kind: 'view', id: 'a', value: undefined }], [audit, audit]);
        expect(store.document('view', 'a')).toBeUndefined();
        expect(store.document('shift', 'a')?.value).toBe(7);
        expect(store.audited({ offset: 0, limit: 9 })).toEqual([audit, audit, audit]);
      });

      test('refuses a change of what somebody else has changed, and all that came with it', async () => {
        const put = (value: unknown, expected: number) =>
          store.putDocuments(
            [
              { kind: 'view', id: 'beside', value: 1 },
              { kind: 'view', id: 'a', value, expected },
            ],
            audit,
          );
        await expect(put('first', 1)).rejects.toThrow(DocumentChanged);
        expect(store.documents('view')).toEqual([]);
        const raced = await Promise.allSettled([put('one', 0), put('two', 0)]);
        expect(raced.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
        expect(store.document('view', 'a')?.value).toBe('one');
        expect(store.audited({ offset: 0, limit: 9 })).toEqual([audit]);
      });

      test('leaves a part of an incident as far as the whole was', async () => {
        const whole = found('i-1', { detections: ['d-1', 'd-2'] });
        await store.putIncidents([whole], []);
        await store.act({ incident: 'i-1', at: 5, by: 'mara', action: 'acknowledged' });
        const parts = [found('i-1', { detections: ['d-1'] }), found('i-2', { detections: ['d-2'] })];
        await store.putIncidents(parts, [], [{ id: 'i-2', of: 'i-1' }]);
        expect(store.handling('i-2')?.state).toBe('acknowledged');
      });

      test('rests on what each rule found', async () => {
        await store.append(
          [],
          [judged('d-1', { at: 1 }), judged('d-2', { at: 7 }), judged('d-3', { at: 8, rule: 'tamper' })],
        );
        expect(store.foundSince(2)).toEqual([
          { rule: 'forced-open', count: 1, last: 7 },
          { rule: 'tamper', count: 1, last: 8 },
        ]);
        expect(store.newestOf(['forced-open'], 0, 1).map(({ id }) => id)).toEqual(['d-2']);
      });
    });
  });
}
