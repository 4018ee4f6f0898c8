import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { incidentList } from '../api/answers.ts';
import { runPage } from '../api/response-answers.ts';
import { type CloudRig, eventually, type Person, startRig } from '../testing.ts';

/** One step, which stops trade. */
const of = (type: string, number: number) => `${type}--00000000-0000-4000-8000-00000000000${number}`;
const closeIt = {
  type: 'playbook',
  spec_version: 'cacao-2.0',
  id: of('playbook', 1),
  name: 'Only the checkout',
  created_by: of('identity', 1),
  created: '2026-11-01T00:00:00.000Z',
  modified: '2026-11-01T00:00:00.000Z',
  workflow_start: of('start', 1),
  workflow: {
    [of('start', 1)]: { type: 'start', on_completion: of('action', 1) },
    [of('action', 1)]: {
      type: 'action',
      name: 'Close it',
      agent: of('group', 1),
      targets: [of('http-api', 1)],
      commands: [{ type: 'http-api', command: 'POST /close-checkout' }],
      on_success: of('end', 1),
    },
    [of('end', 1)]: { type: 'end' },
  },
  agent_definitions: { [of('group', 1)]: { type: 'group', name: 'Gatehouse' } },
  target_definitions: {
    [of('http-api', 1)]: { type: 'http-api', name: 'shop', address: { dname: ['shop'] } },
  },
};

let rig: CloudRig;
let supervisor: Person;
let incident = '';
beforeAll(async () => {
  rig = await startRig({
    response: {
      alone: { afterMs: 0 },
      targets: {
        // Nothing listens there: what is told of it surely fails.
        shop: {
          title: 'Shop',
          url: 'http://127.0.0.1:9',
          calls: { 'close-checkout': { title: 'Close the checkout', path: 'close' } },
        },
      },
    },
  });
  supervisor = await rig.as('supervisor');
  await rig.gateway.send(rig.gateway.detection('d-1', Date.now(), { rule: 'forced-open', severity: 'high' }));
  await eventually('the incident', async () => {
    incident = (await supervisor.read('/api/incidents', incidentList)).items[0]?.id ?? '';
    return incident !== '';
  });
  expect((await supervisor.send('/api/response/playbooks', { playbook: closeIt })).status).toBe(200);
}, 60_000);
afterAll(() => rig.stop());

const code = async (response: Response) =>
  z.object({ error: z.object({ code: z.string() }) }).parse(await response.json()).error.code;

test('one alone agrees, with a reason and when nobody else is on duty; another person reviews it once', async () => {
  const operator = await rig.as('operator');
  const administrator = await rig.as('administrator');
  const begun = await supervisor.send('/api/response/runs', { playbook: closeIt.id, incident });
  const { row, steps, alone } = runPage.parse(await begun.json());
  expect(alone).toEqual({ afterMs: 0 });
  const at = (verb: string) =>
    `/api/response/runs/${row.id}/steps/${encodeURIComponent(steps[0]?.key ?? '')}/${verb}`;
  expect(await code(await supervisor.send(at('approve'), {}))).toBe('same-person');
  expect((await supervisor.send(at('approve-alone'), { text: ' ' })).status).toBe(400);
  expect(await code(await operator.send(at('approve-alone'), { text: 'I am alone' }))).toBe('alone');

  await administrator.send('/api/shifts/start', {});
  expect(await code(await supervisor.send(at('approve-alone'), { text: 'nobody answers' }))).toBe('alone');
  await administrator.send('/api/shifts/hand-over', { note: 'Going home.' });
  const agreed = await supervisor.send(at('approve-alone'), { text: 'nobody answers' });
  expect(runPage.parse(await agreed.json()).row.reviews).toBe(1);

  expect(await code(await supervisor.send(at('review'), { wasRight: true, text: 'of course' }))).toBe(
    'same-person',
  );
  const reviewed = await administrator.send(at('review'), { wasRight: true, text: 'the money was going' });
  expect(runPage.parse(await reviewed.json()).row.reviews).toBe(0);
  const { items } = await supervisor.read(
    '/api/audit?limit=100',
    z.object({ items: z.array(z.object({ action: z.string(), about: z.string().optional() })) }),
  );
  const told = items.filter(({ action }) => /alone|review/.test(action));
  expect(told.map(({ action }) => action).sort()).toEqual(['response.approve-alone', 'response.review']);
  expect(told.some(({ about }) => about?.includes('nobody answers'))).toBe(true);
});

test('a note of an incident stands for the next shift until somebody else has read it', async () => {
  const operator = await rig.as('operator');
  const notes = z.object({
    notes: z.array(z.object({ id: z.string(), by: z.string(), read: z.unknown().optional() })),
  });
  expect((await supervisor.send('/api/shifts/notes', { text: 'x', incident: 'none' })).status).toBe(404);
  const written = await supervisor.send('/api/shifts/notes', { text: 'It is locked.', incident });
  const [note] = notes.parse(await written.json()).notes;
  expect((await supervisor.send(`/api/shifts/notes/${note?.id}/read`, {})).status).toBe(409);
  const read = notes.parse(await (await operator.send(`/api/shifts/notes/${note?.id}/read`, {})).json());
  expect(read.notes[0]?.read).toMatchObject({ by: 'operator' });
});
