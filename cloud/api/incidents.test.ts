import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudRig, eventually, type Person, startRig } from '../testing.ts';
import { apiError, incidentList, incidentPage, incidentSummary, peopleList } from './answers.ts';
import { MAX_EVIDENCE_PER_STEP } from './incident-page.ts';

/** The night of a break-in. */
const NIGHT = Date.now() - 3 * 3_600_000;
const SECOND = 1_000;
/** The smallest JPEG there is to begin with: what counts is that its bytes come back. */
const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');

let rig: CloudRig;
let operator: Person;
beforeAll(async () => {
  rig = await startRig();
  operator = await rig.as('operator');
});
afterAll(() => rig.stop());

const list = (query = '') => operator.read(`/api/incidents${query}`, incidentList);
const page = (id: string) => operator.read(`/api/incidents/${encodeURIComponent(id)}`, incidentPage);
const act = (id: string, verb: string, body: object = {}, by = operator) =>
  by.send(`/api/incidents/${encodeURIComponent(id)}/${verb}`, body);
const problem = async (response: Response) => ({
  status: response.status,
  ...apiError.parse(await response.json()).error,
});

test('a break-in is one incident that tells its story: reasons, evidence, pictures, people', async () => {
  const { gateway } = rig;
  const opened = gateway.observation({ kind: 'door.opened', asset: 'back-door', observedAt: NIGHT });
  const motions = Array.from({ length: 20 }, (_, index) =>
    gateway.observation({ kind: 'motion.started', asset: 'cabinet', observedAt: NIGHT + index * SECOND }),
  );
  const id = (record: { sequence: number }) =>
    `${gateway.lane.gateway}/${gateway.lane.epoch}/${record.sequence}`;
  const forced = gateway.detection('forced/1', NIGHT + SECOND, { evidence: [id(opened)] });
  const cabinet = gateway.detection('cabinet/1', NIGHT + 40 * SECOND, {
    rule: 'cabinet-opened',
    severity: 'critical',
    assets: ['cabinet'],
    identities: ['anna'],
    summary: 'The cabinet was opened while the pharmacy was closed',
    evidence: motions.map(id),
  });
  const picture = (name: string, takenAt: number, detection?: string) =>
    gateway.body(() => ({
      type: 'picture',
      picture: {
        id: `${gateway.lane.gateway}/pictures/${name}`,
        asset: 'camera',
        site: 'linden',
        takenAt,
        mediaType: 'image/jpeg',
        base64: jpeg.toString('base64'),
        ...(detection === undefined ? {} : { detection }),
      },
    }));
  const pictures = [
    picture('a', NIGHT + 2 * SECOND, 'forced/1'),
    picture('b', NIGHT + 45 * SECOND),
    picture('c', NIGHT + 3_600 * SECOND),
  ];
  await gateway.send(opened, ...motions, forced, cabinet, ...pictures);
  const summary = await eventually('the incident of both', async () => {
    const { items } = await list();
    return items.find(({ detections }) => detections === 2);
  });
  expect(summary).toMatchObject({
    severity: 'critical',
    state: 'open',
    worlds: ['physical'],
    sites: [{ id: 'linden', name: 'Linden Pharmacy' }],
    people: [{ id: 'anna', name: 'Anna Weber' }],
  });

  const { story, links, people, site, pictures: shown } = await page(summary.id);
  expect(story.map(({ detection }) => detection.id)).toEqual(['forced/1', 'cabinet/1']);
  expect(story[0]?.belongs).toBeUndefined();
  expect(story[1]?.belongs).toMatchObject({ to: 'forced/1' });
  expect(story[1]?.belongs?.because[0]).toMatch(/^[A-Z].*\.$/);
  expect(story[0]?.evidence).toMatchObject([{ kind: 'door.opened', at: NIGHT, asset: 'back-door' }]);
  expect(story[1]?.evidence).toHaveLength(MAX_EVIDENCE_PER_STEP);
  expect(story[1]?.evidence.map(({ at }) => at)).toEqual(
    [0, 1, 2, 3, 4, 5, 14, 15, 16, 17, 18, 19].map((index) => NIGHT + index * SECOND),
  );
  expect(story.map(({ pictures: of }) => of.map(({ id: name }) => name.at(-1)))).toEqual([['a'], ['b']]);
  expect(shown.map(({ id: name }) => name.at(-1))).toEqual(['a', 'b']);
  expect(links).toHaveLength(1);
  expect(people).toMatchObject([{ id: 'anna', badges: ['04A1'], accounts: ['a.weber'] }]);
  expect(site?.assets.find(({ id: asset }) => asset === 'back-door')).toMatchObject({
    alarm: 'critical',
    states: [{ property: 'contact', value: 'open' }],
  });
  expect(site?.zones.find(({ id: zone }) => zone === 'store-room')?.alarm).toBe('critical');

  const image = await operator.get(`/api/pictures/${encodeURIComponent(shown[0]?.id ?? '')}`);
  expect(image.headers.get('content-type')).toBe('image/jpeg');
  expect(Buffer.from(await image.arrayBuffer())).toEqual(jpeg);
  expect((await operator.get('/api/pictures/no%2Fpicture')).status).toBe(404);
});

let made = 0;
/** An incident of its own, far from the others. */
async function incident(over: object = {}): Promise<string> {
  const name = `own-${++made}`;
  await rig.gateway.send(
    rig.gateway.detection(name, NIGHT - made * 20 * 24 * 3_600 * SECOND, { rule: name, ...over }),
  );
  return eventually('the incident', async () => {
    const { items } = await list('?limit=200');
    for (const { id } of items)
      if ((await page(id)).story.some(({ detection }) => detection.id === name)) return id;
    return undefined;
  });
}

test('an incident goes through its life, each step with who and why, and no step out of turn', async () => {
  const id = await incident();
  expect(incidentSummary.parse(await (await act(id, 'acknowledge')).json()).state).toBe('acknowledged');
  expect(await problem(await act(id, 'acknowledge'))).toMatchObject({
    status: 409,
    code: 'wrong-state',
    message: "This can't be done: the incident is acknowledged already.",
  });
  const assigned = await act(id, 'assign', { assignee: 'supervisor' });
  expect(incidentSummary.parse(await assigned.json()).assignee).toBe('supervisor');
  expect((await act(id, 'note', { text: '  Called the pharmacy.\nNobody answers. ' })).status).toBe(200);
  expect((await act(id, 'contain')).status).toBe(200);
  expect(await problem(await act(id, 'resolve'))).toMatchObject({ status: 400, field: 'text' });
  expect((await act(id, 'resolve', { text: 'Lock repaired' })).status).toBe(200);
  expect((await act(id, 'contain')).status).toBe(409);
  expect((await act(id, 'note', { text: 'Bill of the locksmith: 180 €' })).status).toBe(200);
  expect((await act(id, 'reopen', { text: 'It was not the lock' })).status).toBe(200);
  const unassigned = await act(id, 'assign', {});
  expect(incidentSummary.parse(await unassigned.json())).toMatchObject({ state: 'open' });
  const supervisor = await rig.as('supervisor');
  expect((await act(id, 'false-alarm', { text: 'A drill' }, supervisor)).status).toBe(200);
  const { activities, summary } = await page(id);
  expect(activities.map(({ by, action, text }) => [by, action, text ?? ''])).toEqual([
    ['operator', 'acknowledged', ''],
    ['operator', 'assigned', ''],
    ['operator', 'noted', 'Called the pharmacy.\nNobody answers.'],
    ['operator', 'contained', ''],
    ['operator', 'resolved', 'Lock repaired'],
    ['operator', 'noted', 'Bill of the locksmith: 180 €'],
    ['operator', 'reopened', 'It was not the lock'],
    ['operator', 'assigned', ''],
    ['supervisor', 'false-alarm', 'A drill'],
  ]);
  expect(summary.assignee).toBeUndefined();
});

test('an incident is given to somebody who can work on it, or to nobody', async () => {
  const id = await incident();
  for (const assignee of ['nobody-here', 'auditor'])
    expect(await problem(await act(id, 'assign', { assignee }))).toMatchObject({
      status: 422,
      field: 'assignee',
    });
  const { items } = await operator.read('/api/people', peopleList);
  expect(items.map(({ name }) => name)).toEqual([
    'administrator',
    'operator',
    'responsible-person',
    'supervisor',
  ]);
  expect(await problem(await act('incident-0', 'acknowledge'))).toMatchObject({ status: 404 });
});

test('of two people who take the same incident at once one is told that the other was faster', async () => {
  const id = await incident();
  const supervisor = await rig.as('supervisor');
  const answers = await Promise.all([act(id, 'acknowledge'), act(id, 'acknowledge', {}, supervisor)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect((await page(id)).activities).toHaveLength(1);
});

test('a resolved incident is open again for serious news, and not for small ones', async () => {
  const id = await incident({ assets: ['cabinet'] });
  const at = NIGHT - made * 20 * 24 * 3_600 * SECOND;
  await act(id, 'resolve', { text: 'Checked' });
  const more = (name: string, severity: 'low' | 'medium') =>
    rig.gateway.detection(name, at + 30 * SECOND, {
      rule: name,
      severity,
      assets: ['cabinet'],
      summary: name,
    });
  await rig.gateway.send(more('small', 'low'));
  await eventually('the small one', async () => (await page(id)).summary.detections === 2);
  expect((await page(id)).summary.state).toBe('resolved');
  await rig.gateway.send(more('Somebody is at the cabinet', 'medium'));
  await eventually('the serious one', async () => (await page(id)).summary.detections === 3);
  const { summary, activities } = await page(id);
  expect(summary.state).toBe('open');
  expect(activities.at(-1)).toMatchObject({ by: 'gatehouse', action: 'reopened' });
  expect(activities.at(-1)?.text).toContain('Somebody is at the cabinet');
});

test('the queue comes page by page, by state and by site, with counts of all', async () => {
  const all = await list('?limit=200');
  expect(all.total).toBe(all.items.length);
  const priorities = all.items.map(({ priority }) => priority);
  expect(priorities).toEqual([...priorities].sort((a, b) => b - a));
  const paged = [
    ...(await list('?limit=2')).items,
    ...(await list('?limit=2&offset=2')).items,
    ...(await list('?limit=200&offset=4')).items,
  ];
  expect(paged.map(({ id }) => id)).toEqual(all.items.map(({ id }) => id));
  const open = await list('?state=open,acknowledged');
  expect(new Set(open.items.map(({ state }) => state))).toEqual(new Set(['open', 'acknowledged']));
  expect(open.total).toBe(open.counts.open + open.counts.acknowledged);
  expect((await list('?site=online')).items).toEqual([]);
  expect((await list('?site=linden')).total).toBe(all.total);
});
