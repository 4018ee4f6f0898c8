import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Observation } from '../../devices/model/observation.ts';
import {
  configuredFolder,
  Devices,
  editFile,
  runMain,
  startGateway,
  Visitor,
} from '../testing/gateway-process.ts';
import { recordsIn } from '../testing/records.ts';
import {
  BADGE_WITHIN_MS,
  badgeShown,
  MAX_WRONG_PINS,
  pinWrong,
  QUIET_MS,
  SAME_PRESENTATION_MS,
  timePassed,
  waitFor,
} from './badge-sign-in.ts';
import { BadgeSignIns, REST_MS } from './badge-sign-ins.ts';
import type { BadgeSignIn, SiteSession } from './contract.ts';

const here = { ip: '192.168.1.9', from: 'site' } as const;
const there = { ip: '192.168.1.66', from: 'site' } as const;

/** Presents a badge so often, a second apart, and lets it be quiet. */
function presented(count: number, times = 3) {
  let wait = waitFor('none', times, 0);
  for (let turn = 1; turn <= count; turn++) wait = badgeShown(wait, 'B1', turn * 1_000);
  return timePassed(wait, count * 1_000 + QUIET_MS);
}

describe('a badge without a PIN', () => {
  it('is good only when it was presented exactly as often as this page shows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 5 }), fc.integer({ min: 0, max: 8 }), (times, count) => {
        const { phase } = presented(count, times);
        expect(phase.is).toBe(count === times ? 'ready' : count > times ? 'refused' : 'waiting');
      }),
    );
  });
  it('is not good before it has been quiet, and no more when it is presented once again', () => {
    let wait = waitFor('none', 3, 0);
    for (const at of [1_000, 2_000, 3_000]) wait = badgeShown(wait, 'B1', at);
    expect(timePassed(wait, 3_000 + QUIET_MS - 1).phase.is).toBe('waiting');
    wait = timePassed(wait, 3_000 + QUIET_MS);
    expect(wait.phase.is).toBe('ready');
    expect(badgeShown(wait, 'B1', 6_000).phase).toMatchObject({ is: 'refused', because: 'wrong-count' });
  });
  it('counts a card that lies on the reader once', () => {
    let wait = waitFor('none', 3, 0);
    for (let at = 1_000; at < 5_000; at += SAME_PRESENTATION_MS - 1) wait = badgeShown(wait, 'B1', at);
    expect(wait.phase).toMatchObject({ is: 'waiting', count: 1 });
  });
  it('is over when somebody else’s badge comes in between', () => {
    const wait = badgeShown(badgeShown(waitFor('none', 3, 0), 'B1', 1_000), 'B2', 2_000);
    expect(wait.phase).toMatchObject({ is: 'refused', because: 'another-badge' });
  });
  it('is never good after its time, whatever is presented', () => {
    expect(badgeShown(waitFor('none', 3, 0), 'B1', BADGE_WITHIN_MS).phase).toMatchObject({ count: 0 });
  });
});

describe('a badge with a PIN', () => {
  it('asks for the PIN after the first time, and ends after three wrong ones', () => {
    let wait = badgeShown(waitFor('pin', 5, 0), 'B1', 1_000);
    expect(wait).toMatchObject({ times: 1, phase: { is: 'presented', badge: 'B1' } });
    wait = badgeShown(wait, 'B1', 2_000);
    expect(wait.phase.is).toBe('presented');
    for (let turn = 0; turn < MAX_WRONG_PINS; turn++) wait = pinWrong(wait);
    expect(wait.phase).toMatchObject({ is: 'refused', because: 'too-many-wrong-pins' });
  });
});

/** Sign-ins on a clock that moves when told to. */
function site() {
  const clock = { nowMs: 0 };
  const anna = { name: 'Anna', identity: 'anna', pinHash: 'none' };
  const refused: string[] = [];
  const badges = new BadgeSignIns({
    readers: [
      { reader: 'desk', secondFactor: 'none' },
      { reader: 'door', secondFactor: 'pin' },
    ],
    registry: {
      resolve: ({ badge }) =>
        badge === 'B1' || badge === 'B3'
          ? {
              ...{ id: badge === 'B1' ? 'anna' : 'courier', name: 'x', kind: 'staff', sites: [] },
              ...{ badges: [], accounts: [], devices: [], mayOpen: [] },
            }
          : undefined,
    },
    people: () => [anna],
    siteNow: () => 1_000_000 + clock.nowMs,
    nowMs: () => clock.nowMs,
    tellReader: () => {},
    onRefused: (because, person) => void refused.push(`${because} ${person?.name ?? ''}`),
  });
  const show = (reader: string, badge: string, ageMs = 0) => {
    const receivedAt = 1_000_000 + clock.nowMs;
    const observation: Observation = {
      ...{ id: `g/1/${clock.nowMs}`, kind: 'badge.presented', asset: reader, site: 'shop', source: 'x' },
      ...{ observedAt: receivedAt - ageMs, receivedAt, clock: 'set', subjects: { badge } },
    };
    badges.observed(observation);
  };
  const begin = (reader: string, from: typeof here | typeof there = here) => {
    const begun = badges.begin(reader, from);
    if (!('begun' in begun)) throw new Error(begun.refused);
    return begun;
  };
  return { clock, badges, refused, show, begin };
}

describe('pages that wait for a badge', () => {
  it('can’t push one another aside; who finds the reader taken is told the word of the other page', () => {
    const { badges, begin, clock } = site();
    const { begun } = begin('desk');
    expect(badges.begin('desk', there)).toMatchObject({ refused: 'busy', word: begun.word });
    expect(begin('door', there).begun.word).not.toBe(begun.word);
    clock.nowMs += BADGE_WITHIN_MS;
    // Who let it come to nothing leaves the reader to others first.
    expect(badges.begin('desk', here)).toEqual({ refused: 'busy', retryAfterMs: REST_MS });
    expect(begin('desk', there).begun.wait.phase.is).toBe('waiting');
  });
  it('are not signed in by who passes a door, is unknown, or is no user of the page', () => {
    const { badges, begin, clock, refused, show } = site();
    const { begun, cookie } = begin('desk');
    clock.nowMs += 1_000;
    show('desk', 'B1');
    clock.nowMs += BADGE_WITHIN_MS;
    expect(badges.of(cookie)).toBeUndefined();
    expect(badges.personOf(begun)).toBeUndefined();
    clock.nowMs += REST_MS;
    begin('desk');
    show('desk', 'B2');
    clock.nowMs += REST_MS;
    begin('desk');
    show('desk', 'B3');
    expect(refused).toEqual(['wrong-count Anna', 'unknown-badge ', 'not-a-user ']);
  });
  it('take nothing that was said before they waited, or that a reader says too late', () => {
    const { badges, begin, clock, show } = site();
    clock.nowMs += 60_000;
    const { cookie } = begin('door');
    show('door', 'B1', 1);
    clock.nowMs += 30_000;
    show('door', 'B1', 20_000);
    expect(badges.of(cookie)?.wait.phase).toMatchObject({ is: 'waiting' });
    show('door', 'B1');
    expect(badges.of(cookie)?.wait.phase).toMatchObject({ is: 'presented' });
    expect(badges.of('another cookie')).toBeUndefined();
  });
});

const soon = { timeout: 15_000, interval: 50 };

/** A shop with a reader on the desk that opens nothing, and one at a door. */
async function shop() {
  const folder = await configuredFolder((text) =>
    text
      .replace("'found/#'", "'found/#', 'node/#'")
      .replace(
        '\nrules:',
        "\n  - { device: 'door-node:desk', asset: desk-reader }\n  - { device: 'door-node:door', asset: door-reader }\nrules:",
      )
      .replace(
        '  people:',
        '  badgeReaders: [{ reader: desk-reader, secondFactor: none }, { reader: door-reader }]\n  people:',
      ),
  );
  editFile(folder, 'registry.yaml', (text) =>
    text
      .replace(
        'identities:',
        '  - { id: desk-reader, kind: reader, name: Desk reader, site: shop, zone: shop.room }\n  - { id: door-reader, kind: reader, name: Door reader, site: shop, zone: shop.room, guards: [front-door] }\nidentities:',
      )
      .replace('accounts: [a.weber]', "accounts: [a.weber], badges: ['04A1B2C3']"),
  );
  return folder;
}

describe('at a gateway, a person signs in with a badge', { timeout: 90_000 }, () => {
  it('and a PIN, also with the one that calls for help', async () => {
    const folder = await shop();
    const gateway = await startGateway(folder);
    const devices = await Devices.connect(gateway);
    let sequence = 0;
    const show = (node: string, badge: string) =>
      devices.say(`node/${node}/state`, { boot: 'a', sequence: ++sequence, badge });
    expect((await gateway.page()).badgeReaders).toEqual([
      { asset: 'desk-reader', name: 'Desk reader', secondFactor: 'none' },
      { asset: 'door-reader', name: 'Door reader', secondFactor: 'pin' },
    ]);

    const tablet = new Visitor(gateway);
    const begun = await tablet.send('POST', '/api/session/badge', { reader: 'door-reader' });
    expect(begun.status).toBe(201);
    expect(begun.headers.getSetCookie()[0]).toMatch(/HttpOnly.*SameSite=Strict/);
    expect(await begun.json()).toMatchObject({ times: 1, secondFactor: 'pin', state: 'waiting' });
    const [cookie = ''] = begun.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
    const state = async () =>
      (await (await tablet.get('/api/session/badge', { cookie })).json()) as BadgeSignIn;
    const finish = (body: object) => tablet.send('POST', '/api/session/badge/finish', body, { cookie });
    expect((await finish({ pin: '246810' })).status).toBe(409);

    // Somebody else's page can't wait at the same reader, and sees whose does.
    const stranger = new Visitor(gateway, '192.168.1.66');
    const busy = await stranger.send('POST', '/api/session/badge', { reader: 'door-reader' });
    expect([busy.status, await busy.json()]).toMatchObject([409, { word: (await state()).word }]);
    expect((await stranger.get('/api/session/badge')).status).toBe(404);
    // Nobody stands at the reader outside; and a stranger's name may be a stranger's page.
    const outside = new Visitor(gateway, '203.0.113.7');
    expect((await outside.send('POST', '/api/session/badge', { reader: 'desk-reader' })).status).toBe(403);
    const wrongReader = await stranger.send('POST', '/api/session/badge', { reader: 'front-door' });
    expect(wrongReader.status).toBe(404);

    await show('door', '04A1B2C3');
    await vi.waitFor(async () => expect((await state()).state).toBe('presented'), soon);
    expect(JSON.stringify(await state())).not.toContain('Anna');
    const wrong = await finish({ pin: '000000' });
    expect(wrong.status).toBe(401);
    const right = await finish({ pin: '135791' });
    expect([right.status, await right.json()]).toMatchObject([200, { name: 'Anna Weber' }]);
    expect((await tablet.get('/api/session/badge', { cookie })).status).toBe(404);
    // It was the PIN under duress: the page shows nothing of it.
    const [session = ''] = right.headers
      .getSetCookie()
      .map((each) => each.split(';')[0] ?? '')
      .slice(-1);
    const signedIn = (await (await tablet.get('/api/session', { cookie: session })).json()) as SiteSession;
    const headers = { cookie: session, 'x-gatehouse-token': signedIn.token };
    const arm = (mode: string) => tablet.send('POST', '/api/arming', { mode, bypass: [] }, headers);
    await devices.door('front', 'closed');
    await devices.door('back', 'closed');
    await vi.waitFor(async () => expect((await arm('away')).status).toBe(200), soon);
    expect((await arm('disarmed')).status).toBe(200);
    expect((await gateway.page()).alarms.map(({ rule }) => rule)).not.toContain('duress');
    expect(await gateway.stop()).toBe(0);
    const records = await recordsIn(folder);
    const duress = records.filter((body) => body.type === 'detection' && body.detection.rule === 'duress');
    expect(duress).toHaveLength(1);
    const observed = records.flatMap((body) => (body.type === 'observation' ? [body.observation] : []));
    const badge = observed.find(({ kind }) => kind === 'badge.presented');
    const how = { with: 'badge-and-pin', reader: 'door-reader', presented: badge?.id };
    expect(observed.find(({ kind }) => kind === 'login.failed')).toMatchObject({ facts: how });
    expect(observed.find(({ kind }) => kind === 'login.succeeded')).toMatchObject({
      subjects: { identity: 'anna', account: 'a.weber' },
      observables: { ip: '192.168.1.20' },
      facts: { ...how, by: 'Anna Weber' },
    });
  });

  it('as often as the page says, at a reader that opens nothing', async () => {
    const gateway = await startGateway(await shop());
    const devices = await Devices.connect(gateway);
    let sequence = 0;
    const show = () => devices.say('node/desk/state', { boot: 'a', sequence: ++sequence, badge: '04A1B2C3' });
    const tablet = new Visitor(gateway);
    const begun = await tablet.send('POST', '/api/session/badge', { reader: 'desk-reader' });
    const { times } = (await begun.json()) as BadgeSignIn;
    expect(times).toBeGreaterThanOrEqual(3);
    const [cookie = ''] = begun.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
    for (let turn = 0; turn < times; turn++) {
      await show();
      await new Promise((resolve) => setTimeout(resolve, SAME_PRESENTATION_MS + 200));
    }
    await vi.waitFor(async () => {
      const answer = await tablet.get('/api/session/badge', { cookie });
      expect(((await answer.json()) as BadgeSignIn).state).toBe('ready');
    }, soon);
    const right = await tablet.send('POST', '/api/session/badge/finish', {}, { cookie });
    expect([right.status, await right.json()]).toMatchObject([200, { name: 'Anna Weber' }]);
  });
});

it('a reader that opens a door asks for a PIN: another setting is refused at the start', async () => {
  const folder = await shop();
  editFile(folder, 'gateway.yaml', (text) =>
    text.replace('{ reader: door-reader }', '{ reader: door-reader, secondFactor: none }'),
  );
  const { code, stderr } = await runMain(['--config', `${folder}/gateway.yaml`, '--check']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('page.badgeReaders[1].secondFactor')]);
  expect(stderr).toContain('"door-reader" opens front-door');
});
