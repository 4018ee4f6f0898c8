import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from '../configuration.ts';
import { plausible } from './capabilities.ts';
import { deviceIn, isTopicPattern } from './topic-pattern.ts';
import { writtenProfile, writtenProfiles } from './written-profile.ts';
import { profileFrom } from './written-profile-reading.ts';
import type { WrittenProfile } from './written-profile-schema.ts';

const schema = z.strictObject({ profiles: writtenProfiles });

const good = `profiles:
  - name: fridgy
    title: Fridgy, a monitor for medicine fridges
    superviseMs: 600000
    messages:
      - topic: fridgy/{device}/values
        fields:
          - { path: 'sensors[0].t', quantity: temperature, unit: °F, part: air }
          - { path: raw, quantity: power, unit: kW, scale: 0.1, offset: -0.5 }
          - { path: door, property: contact, words: { open: [1, true], closed: [0, false] } }
          - { path: mains, property: power, words: { present: ok, failed: gone } }
          - { position: { latitude: gps.lat, longitude: gps.lon } }
          - { path: scan, moment: item-scanned }
          - { path: button, moment: exit-requested, words: { pressed: single } }
      - topic: fridgy/{device}/up
        fields:
          - { property: online, words: { online: 1, offline: 0 } }
    commands:
      - { part: horn, action: siren.on, topic: 'fridgy/{device}/set', payload: '{"horn":1}' }
    samples:
      - topic: fridgy/0042/values
        payload: { sensors: [{ t: 39.2 }], raw: 46, door: 1, mains: ok }
        expect: { air: 4, power: 4100, contact: open, 'power/power': present }
      - { topic: fridgy/0042/up, payload: '0', expect: { online: offline } }
      - { topic: fridgy/0042/values, payload: '{"door":7}', expect: refused }
      - { topic: other/0042, payload: x, expect: nothing }
`;

const problems = (text: string): string => {
  try {
    parseConfiguration(schema, text, 'gateway.yaml');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return '';
};

function written(): WrittenProfile {
  const [profile] = parseConfiguration(schema, good, 'gateway.yaml').profiles;
  if (profile === undefined) throw new Error('no profile');
  return profile;
}

const say = (topic: string, payload: string, retained = false) =>
  profileFrom(written()).read(
    { topic, payload: new TextEncoder().encode(payload), retained, receivedAt: 1_700_000_000_000 },
    null,
  );

describe('a profile written in YAML', () => {
  it('reads numbers with unit, scale and offset, words, positions, buttons and barcodes', () => {
    expect(
      say(
        'fridgy/0042/values',
        '{"sensors":[{"t":39.2}],"raw":46,"door":true,"gps":{"lat":52.5,"lon":13.4},"button":"single","scan":"4006381333931"}',
      ),
    ).toEqual({
      heard: [
        {
          device: 'fridgy:0042',
          readings: [
            { type: 'measurement', part: 'air', quantity: 'temperature', value: 4 },
            { type: 'measurement', part: 'power', quantity: 'power', value: 4_100 },
            { type: 'state', part: 'contact', property: 'contact', value: 'open' },
            { type: 'position', part: 'position', latitude: 52.5, longitude: 13.4 },
            {
              type: 'moment',
              part: 'item-scanned',
              moment: 'item-scanned',
              facts: { code: '4006381333931', gtin: '04006381333931' },
            },
            { type: 'moment', part: 'exit-requested', moment: 'exit-requested' },
          ],
        },
      ],
    });
    expect(say('fridgy/0042/up', ' 1\n')).toMatchObject({
      heard: [{ device: 'fridgy:0042', readings: [{ property: 'online', value: 'online' }] }],
    });
  });

  it('hears the good field and refuses the bad one, by its path', () => {
    expect(say('fridgy/0042/values', '{"sensors":[{"t":9999}],"door":0}')).toMatchObject({
      heard: [{ readings: [{ property: 'contact', value: 'closed' }] }],
      partly: expect.stringContaining("sensors[0].t: 5537.22222222 °C can't be"),
    });
  });

  it('says so where a message has nothing of it, is no JSON or is empty', () => {
    expect(say('fridgy/0042/values', '{"humidity":3}')).toMatchObject({
      refused: expect.stringContaining('the message has none of sensors[0].t, raw, door'),
    });
    expect(say('fridgy/0042/values', 'warm')).toMatchObject({
      refused: expect.stringContaining('not JSON'),
    });
    expect(say('fridgy/0042/up', '')).toEqual({ heard: [] });
  });

  it('sends commands to the device’s own topic', () => {
    const profile = profileFrom(written());
    expect(profile.command?.('fridgy:0042', 'horn', 'siren.on', null)).toEqual({
      topic: 'fridgy/0042/set',
      payload: '{"horn":1}',
    });
    expect(profile.command?.('fridgy:0042', 'horn', 'siren.off', null)).toBeUndefined();
  });

  it('never throws, and reads only what can be, whatever comes', () => {
    const profile = profileFrom(written());
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constantFrom('fridgy/1/values', 'fridgy/1/up', 'fridgy//values', 'fridgy/\u0007/up'),
          fc.string(),
        ),
        fc.oneof(
          fc
            .record({
              sensors: fc.anything({ maxDepth: 2 }),
              raw: fc.anything({ maxDepth: 1 }),
              door: fc.anything({ maxDepth: 1 }),
              gps: fc.record({ lat: fc.anything({ maxDepth: 0 }), lon: fc.double() }),
              scan: fc.string(),
            })
            .map((document) =>
              JSON.stringify(document, (_, value) => (typeof value === 'bigint' ? 1 : value)),
            )
            .map((text) => new TextEncoder().encode(text)),
          fc.uint8Array({ maxLength: 64 }),
        ),
        (topic, payload) => {
          const result = profile.read({ topic, payload, retained: false, receivedAt: 1 }, null);
          if ('refused' in result) return;
          for (const { device, readings } of result.heard) {
            // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose.
            expect(device).not.toMatch(/[\u0000-\u001f\u007f]/);
            for (const reading of readings) {
              if (reading.type === 'position') expect(Math.abs(reading.latitude)).toBeLessThanOrEqual(90);
              if (reading.type !== 'measurement') continue;
              const { min, max } = plausible[reading.quantity];
              expect(reading.value >= min && reading.value <= max).toBe(true);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('what is wrong is named with line and key', () => {
  it.each([
    [
      'unit: kW',
      'unit: kv',
      /:9 profiles\[0\]\.messages\[0\]\.fields\[1\]\.unit: power is not measured in "kv"/,
    ],
    ["'sensors[0].t'", "'sensors[0.t'", /:8 .*fields\[0\]\.path: "sensors\[0\.t" is no path/],
    ['quantity: temperature', 'quantity: temprature', /:8 .*fields\[0\]\.quantity: /],
    [
      'fridgy/{device}/up',
      'fridgy/up',
      /:15 .*messages\[1\]\.topic: expected a topic with one level \{device\}/,
    ],
    [
      'words: { online: 1',
      'words: { onlin: 1',
      /:17 .*words\.onlin: online is never "onlin": expected online, offline/,
    ],
    ['closed: [0, false]', 'closed: [0, true]', /:10 .*words\.closed: "true" already means open/],
    [
      'air: 4,',
      'air: 39.2,',
      /:23 profiles\[0\]\.samples\[0\]\.expect\.air: expected 39.2, the message gives 4$/m,
    ],
    ['raw: 46, door: 1', 'door: 1', /:23 .*expect\.power: expected 4100, the message gives present/],
    [
      "payload: '0'",
      "payload: '2'",
      /:24 .*samples\[1\]\.expect: the message is refused: message: "2" is none of 1, 0$/m,
    ],
    [
      'expect: nothing',
      'expect: refused',
      /:26 .*samples\[3\]\.topic: no message of this profile has that topic/,
    ],
    ['name: fridgy', 'name: shelly', /:2 profiles\[0\]\.name: there is already a profile "shelly"/],
    ['superviseMs', 'superviseSeconds', /:4 profiles\[0\]\.superviseSeconds: there is no such key here/],
    ['part: air }', 'part: air, property: fault }', /:8 .*fields\[0\]: has quantity and property/],
  ])('%s → %s', (from, to, expected) => {
    expect(problems(good)).toBe('');
    expect(good).toContain(from);
    expect(problems(good.replace(from, to))).toMatch(expected);
  });

  it('needs a sample', () => {
    expect(writtenProfile.safeParse({ ...written(), samples: [] }).success).toBe(false);
  });
});

describe('topics', () => {
  it('have one level for the device', () => {
    expect(isTopicPattern('a/{device}/+/#')).toBe(true);
    for (const wrong of ['a/b', '{device}/{device}', 'a/x{device}', '#/{device}', 'a+/{device}'])
      expect(isTopicPattern(wrong), wrong).toBe(false);
    expect(deviceIn('a/{device}/+/#', 'a/b/c')).toBe('b');
    expect(deviceIn('a/{device}/+/#', 'a/b/c/d/e')).toBe('b');
    expect(deviceIn('a/{device}', 'a/b/c')).toBeUndefined();
    expect(deviceIn('a/{device}/c', 'a/b')).toBeUndefined();
  });
});
