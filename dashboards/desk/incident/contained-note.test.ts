import { expect, test } from 'vitest';
import type { RunPage, RunStep } from '../../../cloud/api/contract.ts';
import { doneWords, nextShiftWords } from './contained-note.ts';

const step = (over: Partial<RunStep> & Pick<RunStep, 'name' | 'state'>): RunStep => ({
  key: over.name,
  step: over.name,
  type: 'action',
  by: 'person',
  says: [],
  asks: [],
  sent: [],
  ...over,
});
const run: RunPage = {
  row: {
    id: 'r',
    incident: 'i',
    title: 'Break-in',
    playbook: 'p',
    playbookName: 'Forced door',
    status: 'running',
    startedAt: 0,
    startedBy: 'mia',
    done: 3,
    total: 6,
    asking: 1,
    approvals: 0,
    reviews: 0,
  },
  version: 0,
  values: [],
  log: [],
  steps: [
    step({
      name: 'Lock the door',
      by: 'machine',
      state: 'done',
      sent: [{ says: 'Lock: Back door lock', at: 1, state: 'ok' }],
      approval: { danger: 'people', says: [], requestedBy: 'mia', requestedAt: 0, approvedBy: 'noor' },
    }),
    step({
      name: 'Block it',
      by: 'machine',
      state: 'failed',
      wentOn: true,
      sent: [{ says: 'Web shop: Block the account', at: 2, state: 'failed' }],
    }),
    step({ name: 'Is somebody inside?', state: 'done', endedBy: 'mia', since: 2, text: 'no' }),
    step({ name: 'Call the police', state: 'done', endedBy: 'mia', since: 3 }),
    step({ name: 'Ring somebody', state: 'skipped', endedBy: 'mia', since: 4 }),
    step({ name: 'Keep the evidence', state: 'todo' }),
    step({ name: 'Hand over', state: 'ahead' }),
  ],
};
const time = (at: number) => `20:0${at}`;

test('tells what was surely done, by whom and who agreed; never what failed or was left out', () => {
  expect(doneWords([run], time)).toBe(
    'Lock: Back door lock (20:01, noor agreed). Is somebody inside? no (20:02, mia). Call the police (20:03, mia).',
  );
  expect(doneWords([], time)).toBe('');
});

test('tells the next shift what is still to do', () => {
  const summary = { title: 'Break-in', sites: [] };
  expect(nextShiftWords(summary, [run], time).split('\n')).toEqual([
    'Break-in.',
    'Lock: Back door lock (20:01, noor agreed). Is somebody inside? no (20:02, mia). Call the police (20:03, mia).',
    'Still to do: Keep the evidence; Hand over.',
  ]);
  const over: RunPage = { ...run, row: { ...run.row, status: 'done' } };
  expect(nextShiftWords(summary, [over], time)).toContain('Nothing of the response is open.');
});
