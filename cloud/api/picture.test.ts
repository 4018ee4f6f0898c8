import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type CloudRig, eventually, type Person, startRig } from '../testing.ts';
import { auditList, siteDetail, situationalPicture } from './answers.ts';

const HOUR = 3_600_000;
const plan = z.object({
  revision: z.number(),
  by: z.string().optional(),
  floors: z.array(z.unknown()),
  isEditable: z.boolean(),
});
const history = z.object({
  marks: z.array(z.object({ incident: z.string(), severity: z.string(), at: z.number() })),
});
const code = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

let rig: CloudRig;
let supervisor: Person;
beforeAll(async () => {
  rig = await startRig({ picture: { people: 'names' } });
  supervisor = await rig.as('supervisor');
});
afterAll(() => rig.stop());

const ground = {
  id: 'ground',
  name: 'Ground floor',
  width: 20,
  height: 14,
  zones: [
    {
      zone: 'yard',
      outline: [
        { x: 0, y: 0 },
        { x: 8, y: 0 },
        { x: 8, y: 6 },
      ],
    },
  ],
  assets: [{ asset: 'back-door', x: 8, y: 3, angle: 90 }],
};
const put = (person: Person, revision: number, floors: object[]) =>
  person.send('/api/plans/linden', { revision, floors }, 'PUT');

it('a plan that was drawn is shown from then on, with a line in the trail; a second writer is told', async () => {
  const before = await supervisor.read('/api/plans/linden', plan);
  expect(before).toMatchObject({ revision: 0, isEditable: true });
  const upper = {
    ...ground,
    id: 'upper',
    name: 'Upper floor',
    zones: [],
    assets: [{ asset: 'fridge', x: 1, y: 1 }],
  };
  expect((await put(supervisor, 0, [ground, upper])).status).toBe(200);
  const administrator = await rig.as('administrator');
  const late = await put(administrator, 0, [ground]);
  expect(late.status).toBe(409);
  expect(code.parse(await late.json()).error).toEqual({
    code: 'changed',
    message: expect.stringContaining('supervisor has changed'),
  });
  const wrong = await put(supervisor, 1, [{ ...ground, assets: [{ asset: 'shop-admin', x: 1, y: 1 }] }]);
  expect(wrong.status).toBe(422);
  expect((await put(await rig.as('operator'), 1, [ground])).status).toBe(403);
  const { sites } = await supervisor.read('/api/picture', situationalPicture);
  const linden = sites.find(({ id }) => id === 'linden');
  expect(linden?.floors?.map(({ id }) => id)).toEqual(['ground', 'upper']);
  expect(linden?.assets.find(({ id }) => id === 'fridge')).toMatchObject({
    floor: 'upper',
    position: { x: 1, y: 1 },
  });
  expect(linden?.zones.find(({ id }) => id === 'yard')).toMatchObject({ floor: 'ground' });
  const { items } = await supervisor.read('/api/audit?limit=20', auditList);
  expect(items).toContainEqual(
    expect.objectContaining({ action: 'plan.changed', by: 'supervisor', about: 'linden revision 1' }),
  );
});

it('a drawing that is imported is made safe and served to be looked at only', async () => {
  const send = (mediaType: string, text: string) =>
    supervisor.send('/api/plans/linden/images', { mediaType, base64: Buffer.from(text).toString('base64') });
  const answer = await send(
    'image/svg+xml',
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 14"><script>alert(1)</script><rect width="3" height="2"/></svg>',
  );
  const taken = z
    .object({ id: z.string(), width: z.number(), dropped: z.array(z.string()) })
    .parse(await answer.json());
  expect(taken).toMatchObject({ width: 20, dropped: ['element script'] });
  const image = await supervisor.get(`/api/plans/linden/images/${taken.id}`);
  expect(await image.text()).toBe(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 14"><rect width="3" height="2"/></svg>',
  );
  expect(Object.fromEntries(image.headers)).toMatchObject({
    'content-type': 'image/svg+xml',
    'content-disposition': 'attachment',
    'content-security-policy': expect.stringContaining("default-src 'self'"),
    'x-content-type-options': 'nosniff',
  });
  expect((await supervisor.get(`/api/plans/online/images/${taken.id}`)).status).toBe(404);
  const bad = await send('image/png', 'no picture');
  expect([bad.status, code.parse(await bad.json()).error.code]).toEqual([422, 'bad-image']);
  const { revision } = await supervisor.read('/api/plans/linden', plan);
  const shown = await put(supervisor, revision, [{ ...ground, image: { id: taken.id, opacity: 0.5 } }]);
  expect(shown.status).toBe(200);
  await rig.restart();
  supervisor = await rig.as('supervisor');
  const { sites } = await supervisor.read('/api/picture', situationalPicture);
  expect(sites.find(({ id }) => id === 'linden')?.floors).toMatchObject([
    { image: { address: `api/plans/linden/images/${taken.id}`, opacity: 0.5 } },
  ]);
});

it('shows the past as it was: doors, arming, incidents; and who is where to those who may know', async () => {
  const now = Date.now();
  const at = (hours: number) => Math.round(now - hours * HOUR);
  await rig.gateway.send(
    rig.gateway.observation({
      kind: 'alarm.armed',
      asset: 'back-door',
      observedAt: at(5),
      facts: { mode: 'night' },
    }),
    rig.gateway.observation({ kind: 'door.opened', asset: 'back-door', observedAt: at(4) }),
    rig.gateway.observation({ kind: 'door.closed', asset: 'back-door', observedAt: at(2) }),
    rig.gateway.observation({
      kind: 'access.granted',
      asset: 'back-door',
      observedAt: at(2),
      subjects: { badge: '04A1' },
    }),
    rig.gateway.observation({ kind: 'alarm.disarmed', asset: 'back-door', observedAt: at(1) }),
    rig.gateway.detection('linden/forced', at(4)),
  );
  const read = (moment?: number) =>
    supervisor.read(`/api/picture/sites/linden${moment === undefined ? '' : `?at=${moment}`}`, siteDetail);
  const door = (site: z.infer<typeof siteDetail>['site']) =>
    site.assets.find(({ id }) => id === 'back-door')?.states.find(({ property }) => property === 'contact')
      ?.value;
  const present = await eventually('the incident', async () => {
    const detail = await read();
    return detail.site.openIncidents > 0 && detail.persons?.length === 1 ? detail : undefined;
  });
  expect(present.persons).toMatchObject([{ id: 'anna', name: 'Anna Weber', zone: 'yard' }]);
  expect(present.site.people).toEqual([{ zone: 'yard', count: 1 }]);
  // Not by the reader's state: that is for everybody.
  expect(JSON.stringify(present.site)).not.toContain('anna');
  const then = await read(at(3));
  expect([door(present.site), door(then.site)]).toEqual(['closed', 'open']);
  expect([then.site.gateway?.armingMode, then.persons, then.site.openIncidents]).toEqual(['night', [], 0]);
  const past = await supervisor.read(`/api/picture?at=${at(3)}`, situationalPicture);
  expect(past.asOf).toBe(at(3));
  expect(past.sites.find(({ id }) => id === 'linden')?.openIncidents).toBe(0);
  const { marks } = await supervisor.read('/api/picture/history', history);
  expect(marks).toMatchObject([{ severity: 'high' }]);
  const staff = await rig.as('staff');
  expect((await staff.read('/api/picture/sites/linden', siteDetail)).persons).toBeUndefined();
  for (const [query, said] of [
    [`at=${now + HOUR}`, 'not-yet'],
    [`at=${now - 40 * 24 * HOUR}`, 'too-long-ago'],
    ['at=yesterday', 'malformed'],
  ]) {
    const refused = await supervisor.get(`/api/picture?${query}`);
    expect([refused.status, code.parse(await refused.json()).error.code]).toEqual([400, said]);
  }
  expect((await supervisor.get('/api/picture/sites/nowhere')).status).toBe(404);
});
