import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { incidentList } from '../api/answers.ts';
import type { DutyPage, SharingList, SharingPreview } from '../api/contract.ts';
import { type CloudRig, eventually, type Person, startRig } from '../testing.ts';
import { openedPdf, readCsvText } from './testing.ts';

const HOUR = 3_600_000;
let rig: CloudRig;
let incident: string;
let supervisor: Person;
let operator: Person;
const partnerToken = 'a-token-of-a-partner';

beforeAll(async () => {
  const { createHash } = await import('node:crypto');
  rig = await startRig({
    intelligence: {
      organisation: 'Linden Group',
      tlp: 'green',
      share: {
        collections: [
          {
            id: '0d4a1f8e-6a0c-4b0e-9d57-2f4bb3e0a001',
            alias: 'incidents',
            title: 'Incidents',
            holds: 'incidents',
            tlp: 'green',
          },
        ],
        partners: [
          {
            name: 'rosen',
            tokenSha256: createHash('sha256').update(partnerToken).digest('hex'),
            read: ['incidents'],
          },
        ],
      },
    },
  });
  const now = Date.now();
  const door = rig.gateway.observation({
    kind: 'access.granted',
    asset: 'back-door',
    observedAt: now - 1_000,
    subjects: { badge: '04A1' },
  });
  await rig.gateway.send(
    door,
    rig.gateway.detection('d1', now, {
      summary: 'The back door of Linden Pharmacy was forced by Anna Weber',
      identities: ['anna'],
      tactic: 'TA0001',
      observables: { ip: '203.0.113.9' },
    }),
  );
  supervisor = await rig.as('supervisor');
  operator = await rig.as('operator');
  incident = await eventually('an incident', async () => {
    const { items } = await operator.read('/api/incidents', incidentList);
    return items[0]?.id;
  });
}, 60_000);
afterAll(() => rig?.stop());

const passed = <Value>() => z.custom<Value>((value) => typeof value === 'object');
async function told<Value>(response: Response): Promise<Value> {
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return passed<Value>().parse(body);
}
const codeOf = async (response: Response) =>
  z.looseObject({ error: z.looseObject({ code: z.string() }) }).parse(await response.json()).error.code;
const base = () => `/api/incidents/${encodeURIComponent(incident)}/duties`;

test('from awareness to proof: clocks, decision, draft, versions, approval, sent; every step in the audit trail', async () => {
  const aware = Date.now() - HOUR;
  expect(
    await codeOf(await operator.send(`${base()}/awareness`, { at: Date.now() + HOUR, reason: 'a dream' })),
  ).toBe('in-future');
  let page = await told<DutyPage>(
    await operator.send(`${base()}/awareness`, { at: aware, reason: 'The shop called' }),
  );
  expect(page.clocks.find(({ stage }) => stage === 'early-warning')).toMatchObject({
    state: 'undecided',
    dueAt: aware + 24 * HOUR,
  });
  page = await told(
    await supervisor.send(`${base()}/awareness`, { at: aware - HOUR, reason: 'The guard saw it first' }),
  );
  expect(page.awareness.map(({ at, by }) => [at, by])).toEqual([
    [aware, 'operator'],
    [aware - HOUR, 'supervisor'],
  ]);
  const answers = [
    { question: 'in-scope', answer: 'yes', reason: 'A pharmacy group' },
    { question: 'disruption', answer: 'yes', reason: 'Closed for a day' },
  ];
  page = await told(await operator.send(`${base()}/decision`, { regime: 'nis2', answers }));
  expect(page.clocks.find(({ stage }) => stage === 'notification')).toMatchObject({
    state: 'running',
    dueAt: aware + 71 * HOUR,
  });
  page = await told(await operator.send(`${base()}/drafts`, { stage: 'early-warning' }));
  const draft = page.drafts[0];
  if (draft === undefined) throw new Error('no draft');
  expect(draft.fields.find(({ id }) => id === 'what')?.text).not.toContain('Anna');
  const place = `${base()}/drafts/${draft.id}`;
  expect(await codeOf(await supervisor.send(`${place}/approve`, { version: 1 }))).toBe('open-fields');
  const fields = Object.fromEntries(draft.open.map((id) => [id, 'Filled in by hand']));
  page = await told(await operator.send(place, { base: 1, fields }, 'PUT'));
  expect(await codeOf(await operator.send(place, { base: 1, fields }, 'PUT'))).toBe('changed');
  expect(
    await codeOf(await supervisor.send(`${place}/sent`, { at: Date.now(), channel: 'portal', proof: 'R-1' })),
  ).toBe('not-approved');
  expect((await operator.send(`${place}/approve`, { version: 2 })).status).toBe(403);
  await told(await supervisor.send(`${place}/approve`, { version: 2 }));
  page = await told(
    await supervisor.send(`${place}/sent`, { at: Date.now(), channel: 'portal', proof: 'R-1' }),
  );
  expect(page.clocks.find(({ stage }) => stage === 'early-warning')?.state).toBe('done');
  expect(await codeOf(await operator.send(place, { base: 2, fields }, 'PUT'))).toBe('sent');

  await rig.restart();
  supervisor = await rig.as('supervisor');
  operator = await rig.as('operator');
  page = await told(await operator.get(base()));
  expect(page.drafts[0]?.sent).toMatchObject({ channel: 'portal', proof: 'R-1', version: 2 });
  const document = await told<{ fields: { text: string }[] }>(
    await operator.get(`${place}/file?format=json`),
  );
  const { createHash } = await import('node:crypto');
  const { canonicalJson } = await import('../audit/canonical.ts');
  expect(createHash('sha256').update(canonicalJson(document)).digest('hex')).toBe(
    page.drafts[0]?.sent?.sha256,
  );
  const pdf = openedPdf(new Uint8Array(await (await operator.get(`${place}/file`)).arrayBuffer()));
  expect(pdf.text).toContain('Early warning');
  expect(pdf.text).toContain('Filled in by hand');
  expect(pdf.text).toContain('since corrected');
  expect(pdf.drawn).toBe(pdf.pages);
  const audit = await told<{ items: { action: string }[] }>(await supervisor.get('/api/audit?limit=50'));
  const actions = audit.items.map(({ action }) => action).filter((action) => action.startsWith('duty.'));
  expect(actions.toReversed()).toEqual([
    'duty.aware',
    'duty.aware-corrected',
    'duty.decide',
    'duty.draft',
    'duty.edit',
    'duty.approve',
    'duty.sent',
  ]);
}, 60_000);

test('the insurer’s file has no names, the police’s has; its list of evidence is attached and fits', async () => {
  const file = async (person: Person, to: string) => {
    const response = await person.get(`${base()}/bundle?to=${to}`);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return openedPdf(new Uint8Array(await response.arrayBuffer()));
  };
  const insurer = await file(operator, 'insurer');
  expect(insurer.text).not.toContain('Anna');
  expect((await operator.get(`${base()}/bundle?to=police`)).status).toBe(403);
  const police = await file(supervisor, 'police');
  expect(police.text).toContain('Anna');
  const [head = [], ...lines] = readCsvText(police.attached.get('evidence.csv')?.toString() ?? '');
  expect(head).toEqual(['at_utc', 'kind', 'asset', 'what', 'id', 'sha256']);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line.at(-1)).toMatch(/^[0-9a-f]{64}$/);
});

test('what leaves to a group is what was shown, with its names taken out, once somebody else has approved', async () => {
  const rules = {
    people: false,
    places: false,
    ownAddresses: false,
    story: true,
    measures: true,
    observations: true,
    times: 'hour',
  };
  const list = await told<SharingList>(
    await supervisor.send('/api/sharing/groups', {
      name: 'Pharmacies',
      tlp: 'green',
      partners: [{ name: 'Rosen Pharmacy', contact: '' }],
      collection: 'incidents',
      rules,
      fourEyes: true,
    }),
  );
  const group = list.groups[0]?.id ?? '';
  const preview = await told<SharingPreview>(
    await operator.get(`/api/sharing/preview?${new URLSearchParams({ incident, group })}`),
  );
  const text = JSON.stringify(preview.objects);
  for (const name of ['Anna', 'Weber', '04A1', 'Linden Pharmacy', 'Back door', 'back-door'])
    expect(text).not.toContain(name);
  expect(text).toContain('203.0.113.9');
  expect(preview.removed.map(({ rule }) => rule)).toEqual(
    expect.arrayContaining(['people', 'places', 'times']),
  );
  const propose = (person: Person) =>
    person.send('/api/sharing/shares', { incident, group, text: 'they are next door' });
  const fetched = async () =>
    (
      await fetch(`${rig.address}/taxii2/partners/collections/incidents/objects/`, {
        headers: { authorization: `Bearer ${partnerToken}`, accept: 'application/taxii+json;version=2.1' },
      })
    ).text();
  const own = await told<SharingList>(await propose(supervisor));
  const decide = (id: string) =>
    supervisor.send(`/api/sharing/shares/${id}/decide`, { approves: true, text: 'good', how: 'taxii' });
  expect(await codeOf(await decide(own.shares[0]?.id ?? ''))).toBe('four-eyes');
  expect(await fetched()).not.toContain('203.0.113.9');
  const proposed = await told<SharingList>(await propose(operator));
  const mine = proposed.shares.find(({ proposed: { by } }) => by === 'operator');
  await told(await decide(mine?.id ?? ''));
  const left = await fetched();
  expect(left).toContain('203.0.113.9');
  expect(left).not.toContain('Anna');
  const bundle = await told<{ objects: unknown }>(
    await supervisor.get(`/api/sharing/shares/${mine?.id}/file`),
  );
  expect(bundle.objects).toEqual(preview.objects);
  await told(await supervisor.send(`/api/sharing/shares/${mine?.id}/take-back`, { text: 'a mistake' }));
  expect(await fetched()).not.toContain('203.0.113.9');
}, 30_000);

test('what a person puts in is looked for, and taken back', async () => {
  const body = { value: 'evil[.]example', name: 'Fake shop', tlp: 'amber', confidence: 70 };
  expect(
    await codeOf(await supervisor.send('/api/intelligence/indicators', { ...body, value: '10.0.0.1' })),
  ).toBe('value');
  const added = await told<{ items: { id: string }[] }>(
    await supervisor.send('/api/intelligence/indicators', body),
  );
  const found = await told<{ items: { name: string; confidenceNow: number; isManual: boolean }[] }>(
    await operator.get('/api/intelligence/indicators?find=evil.example'),
  );
  expect(found.items).toMatchObject([{ name: 'Fake shop', confidenceNow: 70, isManual: true }]);
  expect(
    (await supervisor.send(`/api/intelligence/indicators/${added.items[0]?.id}`, undefined, 'DELETE')).status,
  ).toBe(204);
  const gone = await told<{ total: number }>(
    await operator.get('/api/intelligence/indicators?find=evil.example'),
  );
  expect(gone.total).toBe(0);
});
