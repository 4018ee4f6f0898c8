import { expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import type { AuditEntry, DocumentWrite } from '../store/store.ts';
import { ShiftNotes } from './notes.ts';

/** Documents and the lines of the trail, as the store has them. */
function kept() {
  const documents = new Map<string, unknown>();
  const trail: AuditEntry[] = [];
  const store = {
    documents: () =>
      [...documents].map(([id, value]) => ({ kind: 'shift-note', id, value, revision: 1, updatedAt: 0 })),
    putDocuments: async (writes: readonly DocumentWrite[], audit?: AuditEntry) => {
      for (const { id, value } of writes)
        if (value === undefined) documents.delete(id);
        else documents.set(id, value);
      if (audit !== undefined) trail.push(audit);
    },
  };
  return { store, trail };
}
const [mia, noor] = [
  { name: 'mia', from: '127.0.0.1' },
  { name: 'noor', from: '127.0.0.1' },
];

test('a note waits until somebody else has read it, also after a restart, and each step is in the trail', async () => {
  const { store, trail } = kept();
  const clock = manualClock(1_000);
  let changes = 0;
  const parts = { store, clock, onChange: () => changes++ };
  const notes = new ShiftNotes(parts);
  const { id } = await notes.write('The lock is locked.', { id: 'i-1', title: 'Break-in' }, mia);
  await expect(notes.read(id, mia)).rejects.toThrow('Somebody else');
  const again = new ShiftNotes(parts);
  expect(again.list()).toMatchObject([{ by: 'mia', text: 'The lock is locked.', incident: { id: 'i-1' } }]);
  await again.read(id, noor);
  await expect(again.read(id, noor)).rejects.toThrow('noor has read it');
  await expect(again.read('nothing', noor)).rejects.toThrow('no such note');
  expect(again.list()[0]?.read).toEqual({ by: 'noor', at: 1_000 });
  expect(trail.map(({ action, by, about }) => [action, by, about])).toEqual([
    ['shift.noted', 'mia', 'i-1'],
    ['shift.note-read', 'noor', 'i-1'],
  ]);
  expect(changes).toBe(2);
});

test('what waits stands before what was read, the oldest first', async () => {
  const { store } = kept();
  const clock = manualClock(1_000);
  const notes = new ShiftNotes({ store, clock, onChange: () => {} });
  const first = await notes.write('one', undefined, mia);
  clock.advance(1_000);
  await notes.write('two', undefined, mia);
  clock.advance(1_000);
  await notes.write('three', undefined, noor);
  await notes.read(first.id, noor);
  expect(notes.list().map(({ text }) => text)).toEqual(['two', 'three', 'one']);
});
