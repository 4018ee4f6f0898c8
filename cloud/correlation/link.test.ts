import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestWindowMs, linkRules } from './link-rules.ts';
import { link } from './pair.ts';
import { anyDetections, anyRegistry } from './random-world.ts';
import { detectionOf, MINUTE, NIGHT, sampleRegistry } from './sample-site.ts';
import type { Correlated } from './traits.ts';
import { noisyOr } from './weighing.ts';

const linked = (a: Partial<Correlated>, b: Partial<Correlated>, minutes = 1) =>
  link(
    detectionOf({ id: 'a', rule: 'rule-one', ...a }),
    detectionOf({ id: 'b', rule: 'rule-two', at: NIGHT + minutes * MINUTE, ...b }),
    sampleRegistry,
    linkRules,
  );
const kinds = (found: ReturnType<typeof linked>) => found?.evidence.map(({ kind }) => kind);
const because = (found: ReturnType<typeof linked>) => found?.evidence.map((evidence) => evidence.because);

const pairs = fc.tuple(anyRegistry, anyDetections(2)).filter(([, { length }]) => length >= 2);

describe('a link between two detections', () => {
  test('is the same whichever of the two is named first', () => {
    fc.assert(
      fc.property(pairs, ([registry, [a, b]]) => {
        if (a === undefined || b === undefined) throw new Error('two are needed');
        expect(link(a, b, registry, linkRules)).toEqual(link(b, a, registry, linkRules));
      }),
      { numRuns: 400 },
    );
  });

  test('never grows stronger as the two move apart in time, and ends with the largest window', () => {
    fc.assert(
      fc.property(pairs, ([registry, [a, b]]) => {
        if (a === undefined || b === undefined) throw new Error('two are needed');
        let before = 1;
        for (const apart of [
          0,
          1,
          30_000,
          4 * MINUTE,
          6 * MINUTE,
          14 * MINUTE,
          35 * MINUTE,
          90 * MINUTE,
          700 * MINUTE,
        ]) {
          const weight = link(a, { ...b, at: a.at + apart }, registry, linkRules)?.weight ?? 0;
          expect(weight).toBeLessThanOrEqual(before);
          before = weight;
        }
        const beyond = { ...b, at: a.at + largestWindowMs(linkRules) + 1 };
        expect(link(a, beyond, registry, linkRules)).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });

  test('weighs what its evidence weighs together, by noisy-or, and reaches the threshold', () => {
    fc.assert(
      fc.property(pairs, ([registry, [a, b]]) => {
        if (a === undefined || b === undefined) throw new Error('two are needed');
        const found = link(a, b, registry, linkRules);
        if (found === undefined) return;
        const weights = found.evidence.map(({ weight }) => weight);
        expect(found.weight).toBe(noisyOr(weights));
        expect(found.weight).toBeGreaterThanOrEqual(linkRules.threshold);
        for (const { because: reason } of found.evidence) expect(reason).toMatch(/^\S.*\S$/);
      }),
      { numRuns: 400 },
    );
  });
});

describe('what joins', () => {
  test('a badge here and an account there of one person', () => {
    const found = linked({ observables: { badge: '04A1' } }, { observables: { user: 'A.Weber' } }, 60);
    expect(because(found)).toEqual(['the badge and the account both belong to Dr. Anna Weber']);
  });

  test('a guard that was dealt with hours before what it guards', () => {
    const before = linked(
      { rule: 'alarm-schedule-changed', assets: ['alarm-panel'] },
      { rule: 'door-forced', assets: ['back-door'] },
      5 * 60,
    );
    expect(kinds(before)).toEqual(['guards']);
    const after = linked(
      { rule: 'door-forced', assets: ['back-door'] },
      { rule: 'alarm-schedule-changed', assets: ['alarm-panel'] },
      5 * 60,
    );
    expect(after).toBeUndefined();
  });

  test('an asset and the one it is hosted on or depends on', () => {
    expect(kinds(linked({ assets: ['stock-system'] }, { assets: ['office-server'] }))).toEqual(['hosted-on']);
    expect(kinds(linked({ assets: ['database'] }, { assets: ['office-server'] }))).toEqual(['depends-on']);
  });

  test('one zone for half an hour, a zone next to it for ten minutes, two steps away never', () => {
    const room = { assets: ['motion-1'] };
    expect(kinds(linked(room, { assets: ['drugs-cabinet'] }, 29))).toEqual(['zone']);
    expect(linked(room, { assets: ['drugs-cabinet'] }, 31)).toBeUndefined();
    expect(kinds(linked(room, { assets: ['back-door'] }, 9))).toEqual(['adjacent-zone']);
    expect(linked(room, { assets: ['back-door'] }, 11)).toBeUndefined();
    expect(linked({ assets: ['fridge-1'] }, { assets: ['back-door'] }, 0)).toBeUndefined();
  });

  test('a fridge that warms up longer, because goods warm up slowly', () => {
    const fridge = { assets: ['fridge-1'], rule: 'cold-chain-excursion' };
    expect(kinds(linked({ assets: ['drugs-cabinet'] }, fridge, 25))).toEqual(['adjacent-zone']);
    expect(linked({ assets: ['drugs-cabinet'] }, { ...fridge, rule: 'rule-two' }, 25)).toBeUndefined();
  });

  test('one address from outside for a day, one from inside for minutes', () => {
    const ip = (value: string) => ({ observables: { ip: value } });
    expect(kinds(linked(ip('203.0.113.7'), { observables: { src_ip: '203.0.113.7' } }, 20 * 60))).toEqual([
      'observable',
    ]);
    expect(kinds(linked(ip('10.1.2.3'), ip('10.1.2.3'), 5))).toEqual(['observable']);
    expect(linked(ip('10.1.2.3'), ip('10.1.2.3'), 20)).toBeUndefined();
  });

  test('the same rule about the same thing, with certainty', () => {
    const twice = { rule: 'rule-one', assets: ['back-door'] };
    expect(linked(twice, twice, 4)?.weight).toBe(1);
    expect(linked(twice, twice, 6)?.weight).toBeLessThan(1);
  });
});

describe('what does not join', () => {
  const publicShop = { assets: ['web-shop'] };

  test('a public page, alone or with anything else that many share', () => {
    expect(linked(publicShop, publicShop, 0)).toBeUndefined();
    const more = {
      ...publicShop,
      observables: { ip: '198.51.100.10', account: 'deploy', colour: 'red', path: '/' },
    };
    expect(linked({ ...more, rule: 'scan' }, { ...more, rule: 'login-new-address' }, 0)).toBeUndefined();
    expect(linked({ ...more, rule: 'scan' }, { ...more, rule: 'scan' }, 0)).toBeUndefined();
  });

  test('the public page with the public server it runs on', () => {
    expect(linked(publicShop, { assets: ['shop-server'] }, 0)).toBeUndefined();
  });

  test('a low battery with the break-in beside it', () => {
    const battery = { rule: 'battery-low', assets: ['motion-1'] };
    expect(
      linked(battery, { rule: 'door-forced', severity: 'critical', assets: ['motion-1'] }, 0),
    ).toBeUndefined();
  });

  test('two attempts on one account from two addresses', () => {
    const attempt = (ip: string) => ({ rule: 'login-brute-force', observables: { ip, account: 'admin' } });
    expect(linked(attempt('203.0.113.7'), attempt('203.0.113.8'))).toBeUndefined();
    const success = { rule: 'login-new-address', observables: { ip: '203.0.113.8', account: 'admin' } };
    expect(kinds(linked(attempt('203.0.113.7'), success))).toContain('identity');
  });

  test('a badge refused at a guarded door hours after its alarm was changed', () => {
    const changed = { rule: 'alarm-schedule-changed', assets: ['alarm-panel'] };
    expect(linked(changed, { rule: 'access-denied', assets: ['back-door'] }, 60)).toBeUndefined();
  });

  test('unknown assets of the same name for longer than a burst', () => {
    expect(kinds(linked({ assets: ['host-9'] }, { assets: ['host-9'] }, 4))).toEqual(['asset']);
    expect(linked({ assets: ['host-9'] }, { assets: ['host-9'] }, 6)).toBeUndefined();
  });
});
