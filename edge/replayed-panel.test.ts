import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { manualClock } from '../devices/model/clock.ts';
import type { Observation, ObservationKind } from '../devices/model/observation.ts';
import { registryDocument, registryOf } from '../devices/model/registry.ts';
import type { RecordBody } from '../devices/wire.ts';
import { hashPassword } from './broker/password.ts';
import { gatewayDocument } from './config.ts';
import { MqttDriver } from './drivers/mqtt.ts';
import { Gateway } from './gateway.ts';
import { volatileOutbox } from './outbox/volatile.ts';
import { armingConfiguration } from './panel/arming.ts';
import { accessConfiguration } from './panel/door/configuration.ts';
import { deliveryConfiguration } from './panel/hand-over-configuration.ts';
import { recordedIn } from './replay.ts';
import type { PanelSettings } from './replayed-panel.ts';
import { Replay, type ReplayOptions } from './replayed-site.ts';
import { everyRule } from './rules/configuration.ts';
import type { Detection } from './rules/rule.ts';
import { sampleRegistry, sampleSiteId } from './rules/sample-site.ts';

/** Nobody types it here: a recording holds no codes. */
const codeHash = await hashPassword('4711');
const allWeek = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Monday, 8 in the morning. */
const morning = Date.UTC(2026, 0, 5, 8);

const shop = registryOf(
  registryDocument.parse({
    sites: [
      {
        id: 'shop',
        name: 'Shop',
        timeZone: 'UTC',
        opening: [{ days: [...allWeek], from: '08:00', to: '18:00' }],
      },
    ],
    zones: [{ id: 'hall', site: 'shop', name: 'Hall' }],
    assets: [
      { id: 'panel', kind: 'alarm-panel', name: 'Panel', site: 'shop', zone: 'hall' },
      { id: 'door', kind: 'door', name: 'Door', site: 'shop', zone: 'hall' },
      { id: 'reader', kind: 'reader', name: 'Reader', site: 'shop', zone: 'hall', hostedOn: 'door' },
      { id: 'lock', kind: 'lock', name: 'Lock', site: 'shop', zone: 'hall', hostedOn: 'door' },
    ],
    identities: [
      { id: 'anna', name: 'Anna', sites: ['shop'], badges: ['04a1'] },
      { id: 'cody', name: 'Cody', kind: 'courier', sites: ['shop'], badges: ['04c0'] },
    ],
  }),
);
const document = z.parse(gatewayDocument, {
  gateway: { id: 'gateway-1', site: 'shop', state: 'state' },
  registry: 'registry.yaml',
  broker: {},
  devices: [
    {
      device: 'esphome:door',
      assets: { strike: 'lock', badge: 'reader', online: 'reader', contact: 'door' },
    },
  ],
  panel: {
    asset: 'panel',
    entryDoors: ['door'],
    entryDelayMs: 30_000,
    schedule: {
      entries: [
        { days: [...allWeek], at: '20:00', mode: 'away' },
        { days: [...allWeek], at: '07:00', mode: 'disarmed' },
      ],
    },
  },
  access: { readers: [{ reader: 'reader', opens: ['door'] }] },
});

/** A day at the shop, as its gateway recorded it, and what the gateway raised. */
async function aDay(): Promise<{ lines: string[]; raised: Detection[] }> {
  const clock = manualClock(morning);
  const lines: string[] = [];
  const raised: Detection[] = [];
  const outbox = volatileOutbox('gateway-1');
  const driver = new MqttDriver({ quarantine: () => {} });
  const gateway: Gateway = new Gateway({
    configuration: { ...document, file: '', registryFile: '', registry: shop, resolve: (path) => path },
    clock,
    outbox: {
      ...outbox,
      stage(lane, at, body) {
        let made: RecordBody | undefined;
        const id = outbox.stage(lane, at, (named) => {
          made = body(named);
          return made;
        });
        lines.push(JSON.stringify({ sequence: lines.length + 1, at, body: made }));
        return id;
      },
    },
    deliver: (command) =>
      'messages' in driver.command(command, gateway.site.commandTargets(command.asset, command.action)),
    onChanged: () => {},
    onDetected: (detection) => raised.push(detection),
    onTrouble: () => {},
  });
  const say = async (topic: string, payload: string) => {
    const receivedAt = clock.now();
    await gateway.hear(
      driver.read({ client: 'door', topic, payload: Buffer.from(payload), qos: 1, receivedAt }),
    );
    await turn();
  };
  const wait = async (ms: number) => {
    // In steps: a timer is set once a turn.
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.advance(1_000);
      await turn();
    }
  };
  const contact = (state: 'ON' | 'OFF') => say('door/binary_sensor/contact/state', state);
  const badge = (id: string) => say('door/text_sensor/badge/state', id);
  const lock = (state: 'LOCKED' | 'UNLOCKED') => say('door/lock/strike/state', state);
  const comeIn = async (id: string) => {
    await badge(id);
    await lock('UNLOCKED');
    await wait(2_000);
    await contact('ON');
    await wait(3_000);
    await contact('OFF');
    await wait(2_000);
    await lock('LOCKED');
  };
  const anna = { name: 'Anna', identity: 'anna', from: 'site' } as const;

  await gateway.start();
  await say('door/status', 'online');
  await lock('LOCKED');
  await contact('OFF');
  await wait(10 * MINUTE);
  await comeIn('04A1');
  await wait(10 * MINUTE);
  await comeIn('04C0');
  // Two behind one badge.
  await wait(10 * MINUTE);
  await comeIn('04A1');
  await wait(4_000);
  await contact('ON');
  await wait(2_000);
  await contact('OFF');
  // Wedged.
  await wait(10 * MINUTE);
  await badge('04A1');
  await lock('UNLOCKED');
  await contact('ON');
  await wait(7 * MINUTE);
  await contact('OFF');
  await lock('LOCKED');
  // Somebody unknown, then a crowbar.
  await wait(10 * MINUTE);
  await badge('04FF');
  await wait(MINUTE);
  await contact('ON');
  await wait(20_000);
  await contact('OFF');
  // In the evening the schedule arms; somebody comes in and does not disarm in time, then Anna does.
  await wait(13 * HOUR - (clock.now() - morning));
  await badge('04A1');
  await lock('UNLOCKED');
  await contact('ON');
  await wait(45_000);
  await contact('OFF');
  await gateway.arm('disarmed', [], anna);
  await wait(5_000);
  await lock('LOCKED');
  await gateway.arm('away', [], anna);
  await wait(2 * MINUTE);
  await gateway.arm('disarmed', [], anna, true);
  await wait(MINUTE);
  gateway.stop();
  return { lines, raised };
}

const settings: PanelSettings = {
  arming: document.panel,
  access: document.access,
  deliveries: document.deliveries,
};
function replayed(lines: readonly string[], changes: Partial<ReplayOptions> = {}) {
  const run = new Replay({
    site: 'shop',
    registry: shop,
    rules: everyRule(),
    panel: settings,
    until: morning + 14 * HOUR,
    ...changes,
  });
  const detections = lines.flatMap((line) => {
    const recorded = recordedIn(line);
    if (typeof recorded === 'string') throw new Error(recorded);
    if (recorded === undefined) return [];
    return recorded.type === 'detection'
      ? run.feedDetection(recorded.detection)
      : run.feed(recorded.observation);
  });
  return { detections: [...detections, ...run.end()], refused: run.refused };
}
const told = (detections: readonly Detection[]) =>
  detections.map(
    ({ rule, at, assets, severity }) => `${rule} ${severity} ${at - morning} ${assets.join(' ')}`,
  );
const rulesOf = (detections: readonly Detection[]) => detections.map(({ rule }) => rule);

const day = await aDay();

describe('the panel in a replay', () => {
  test('raises what the gateway raised, alarm for alarm, with the same settings', () => {
    expect(new Set(rulesOf(day.raised))).toEqual(
      new Set([
        'tailgating',
        'held-open',
        'door-propped',
        'forced-open',
        'opened-after-hours',
        'intrusion',
        'lock-not-following',
        'duress',
      ]),
    );
    const { detections, refused } = replayed(day.lines);
    expect(told(detections).sort()).toEqual(told(day.raised).sort());
    expect(refused).toMatchObject([{ reader: 'reader', because: 'unknown-badge', badge: '04FF' }]);
  });

  test('takes nothing twice: gives the same twice, and its own words are not in what it is fed', () => {
    expect(replayed(day.lines)).toEqual(replayed(day.lines));
    const badges = day.lines.filter((line) => line.includes('"access.granted"')).length;
    expect(badges).toBeGreaterThan(4);
    expect(day.lines.some((line) => line.includes('"alarm.armed"'))).toBe(true);
  });

  test('with another schedule raises no alarm at night, and with a shorter delay an earlier one', () => {
    const never = { ...settings, arming: { ...settings.arming, schedule: { entries: [] } } };
    const without = replayed(day.lines, { panel: never }).detections;
    expect(rulesOf(without)).not.toContain('intrusion');
    const at = ({ detections }: { detections: Detection[] }) =>
      detections.find(({ rule }) => rule === 'intrusion')?.at ?? 0;
    const quick = { ...settings, arming: { ...settings.arming, entryDelayMs: 10_000 } };
    expect(at(replayed(day.lines)) - at(replayed(day.lines, { panel: quick }))).toBe(20_000);
  });

  test('with other hours refuses whoever was let in, and forces no door that nobody would have reached', () => {
    const afternoon = accessConfiguration.parse({
      readers: [
        { reader: 'reader', opens: ['door'], hours: [{ days: [...allWeek], from: '13:00', to: '17:00' }] },
      ],
    });
    const { detections, refused } = replayed(day.lines, { panel: { ...settings, access: afternoon } });
    expect(refused.map(({ because, identity }) => `${because} ${identity}`)).toEqual([
      'outside-hours cody',
      'unknown-badge undefined',
    ]);
    // The crowbar alone, as before.
    const forced = (all: readonly Detection[]) => all.filter(({ rule }) => rule === 'forced-open');
    expect(told(forced(detections))).toEqual(told(forced(day.raised)));
  });

  test('with other doors warns later of what stands open', () => {
    const patient = accessConfiguration.parse({
      readers: [{ reader: 'reader', opens: ['door'] }],
      doors: [{ door: 'door', proppedMs: 8 * MINUTE }],
    });
    const { detections } = replayed(day.lines, { panel: { ...settings, access: patient } });
    expect(rulesOf(day.raised)).toContain('door-propped');
    expect(rulesOf(detections)).not.toContain('door-propped');
  });

  test('begins as the site was: armed', () => {
    const opened = seen('door.opened', 'door', morning - 3 * HOUR, { source: 'mqtt:door', site: 'shop' });
    const lines = [JSON.stringify(opened)];
    expect(rulesOf(replayed(lines).detections)).not.toContain('intrusion');
    expect(rulesOf(replayed(lines, { armed: 'away' }).detections)).toContain('intrusion');
  });
});

const seen = (
  kind: ObservationKind,
  asset: string,
  at: number,
  more: Partial<Observation> = {},
): Observation => ({
  id: `gateway-1/epoch001/${at}-${kind}`,
  kind,
  asset,
  site: sampleSiteId,
  source: 'gateway:gateway-1',
  observedAt: at,
  receivedAt: at,
  clock: 'set',
  ...more,
});

describe('a code in a replay', () => {
  const noon = Date.parse('2026-11-23T12:00+01:00');
  const panelWith = (code: 'always' | 'never'): PanelSettings => ({
    arming: armingConfiguration.parse({ asset: 'panel-1' }),
    access: accessConfiguration.parse({
      readers: [{ reader: 'reader-back', code }],
      people: [{ identity: 'weber', codeHash }],
    }),
    deliveries: deliveryConfiguration.parse({}),
  });
  const presented = seen('badge.presented', 'reader-back', noon, {
    source: 'osdp:1',
    subjects: { badge: '04a1b2c3' },
  });
  const answer = (kind: ObservationKind, at: number, facts: Record<string, string | boolean>) =>
    seen(kind, 'reader-back', at, {
      subjects: { badge: '04a1b2c3', identity: 'weber' },
      facts: { presented: presented.id, opens: 'door-back', ...facts },
    });
  const run = (code: 'always' | 'never', observations: Observation[]) => {
    const replay = new Replay({
      site: sampleSiteId,
      registry: sampleRegistry,
      rules: everyRule(),
      panel: panelWith(code),
      until: noon + 10 * MINUTE,
    });
    const detections = observations.flatMap((each) => [...replay.feed(each)]);
    return { rules: rulesOf([...detections, ...replay.end()]), refused: replay.refused };
  };
  const opening = [
    seen('door.opened', 'door-back', noon + 6_000, { source: 'mqtt:door' }),
    seen('door.closed', 'door-back', noon + 9_000, { source: 'mqtt:door' }),
  ];
  const withCode = [
    presented,
    answer('access.pending', noon, { wants: 'code' }),
    answer('access.denied', noon + 2_000, { because: 'wrong-code' }),
    answer('access.granted', noon + 5_000, { code: true }),
    ...opening,
  ];

  test('that was wrong and then right is so again, though it stands nowhere', () => {
    const { rules, refused } = run('always', withCode);
    expect(rules).toEqual([]);
    expect(refused.map(({ because }) => because)).toEqual(['wrong-code']);
  });
  test('that is not asked for any more is not missed', () => {
    expect(run('never', withCode)).toEqual({ rules: [], refused: [] });
  });
  test('that nobody was asked for then would have been known to whoever was let in', () => {
    const without = [presented, answer('access.granted', noon, {}), ...opening];
    expect(run('always', without)).toEqual({ rules: [], refused: [] });
  });
});
