import { describe, expect, test } from 'vitest';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import { hashPassword } from '../broker/password.ts';
import { everyRule } from '../rules/configuration.ts';
import { RuleEngine } from '../rules/engine.ts';
import { sampleRegistry, sampleSiteId } from '../rules/sample-site.ts';
import { armingConfiguration } from './arming-state.ts';
import { accessConfiguration } from './door/configuration.ts';
import { deliveryConfiguration } from './hand-over-configuration.ts';
import { Panel, type Wanted } from './panel.ts';

const noon = Date.parse('2026-11-23T12:00+01:00');
/** Cheap enough for a test. */
const TEST_COST = 16;

/** Panel and rules side by side, as the gateway has them: what the panel says is heard by both. */
class Site {
  at = noon;
  readonly found: string[] = [];
  readonly seen: Observation[] = [];
  readonly actions: string[] = [];
  readonly panel: Panel;
  private readonly engine: RuleEngine;
  private sequence = 0;

  constructor(access: unknown = {}, deliveries: unknown = {}) {
    this.panel = new Panel({
      arming: armingConfiguration.parse({ asset: 'panel-1' }),
      access: accessConfiguration.parse(access),
      deliveries: deliveryConfiguration.parse(deliveries),
      context: { site: sampleSiteId, registry: sampleRegistry },
      now: noon,
      kept: new Map(),
      keep: () => undefined,
    });
    this.engine = new RuleEngine({
      site: sampleSiteId,
      registry: sampleRegistry,
      rules: everyRule(),
      kept: new Map(),
      keep: () => undefined,
      forget: () => undefined,
    });
  }

  private context(now: number) {
    return { now, registry: sampleRegistry, armingMode: this.panel.mode, isOpen: true };
  }

  see(kind: ObservationKind, asset: string, more: Partial<Observation> = {}): this {
    const observation: Observation = {
      id: `gateway-1/epoch001/${++this.sequence}`,
      kind,
      asset,
      site: sampleSiteId,
      source: 'test',
      observedAt: this.at,
      receivedAt: this.at,
      clock: 'set',
      ...more,
    };
    this.seen.push(observation);
    this.carryOut(this.panel.observe(observation));
    this.found.push(
      ...this.engine.observe(observation, this.context(this.at)).detections.map(({ rule }) => rule),
    );
    return this;
  }

  carryOut({ observations, detections, actions }: Wanted): void {
    for (const { kind, asset, ...more } of observations) this.see(kind, asset, more);
    this.found.push(...detections.map(({ rule }) => rule));
    this.actions.push(...actions.map(({ action, asset }) => `${action} ${asset}`));
  }

  wait(ms: number): this {
    const until = this.at + ms;
    for (let wakes = 0; wakes < 1_000; wakes++) {
      const due = Math.min(this.panel.nextWakeAt() ?? Infinity, this.engine.nextWakeAt() ?? Infinity);
      if (due > until) break;
      this.at = Math.max(this.at, due);
      this.carryOut(this.panel.passTime(this.at));
      const { detections } = this.engine.wake(this.at, (now) => this.context(now));
      this.found.push(...detections.map(({ rule }) => rule));
    }
    this.at = until;
    return this;
  }

  get answers(): string[] {
    return this.seen.filter(({ kind }) => kind.startsWith('access.')).map(({ kind }) => kind);
  }
}

describe('panel and rules together', () => {
  test('a forced door is told once, by the rule, however long it stays open', () => {
    const site = new Site().see('door.opened', 'door-back').wait(30_000);
    expect(site.found.filter((rule) => rule === 'forced-open')).toHaveLength(1);
    site.wait(7_200_000);
    expect(site.found.filter((rule) => rule === 'forced-open')).toHaveLength(1);
    expect(site.found).not.toContain('door-propped');
    expect(site.found).not.toContain('tailgating');
  });

  test('a door held open is told in the rule’s steps, and once that it is propped', () => {
    const site = new Site()
      .see('badge.presented', 'reader-back', { subjects: { badge: '04a1b2c3' } })
      .wait(2_000)
      .see('door.opened', 'door-back')
      .wait(7_200_000);
    expect(site.found.filter((rule) => rule === 'held-open')).toHaveLength(3);
    expect(site.found.filter((rule) => rule === 'door-propped')).toHaveLength(1);
    expect(site.found).not.toContain('forced-open');
    expect(site.panel.activeDetections()).toHaveLength(1);
    site.see('door.closed', 'door-back');
    expect(site.panel.activeDetections()).toEqual([]);
  });

  test('an ordinary passage is nothing to either', () => {
    const site = new Site()
      .see('badge.presented', 'reader-back', { subjects: { badge: '04a1b2c3' } })
      .see('lock.unlocked', 'lock-back')
      .wait(2_000)
      .see('door.opened', 'door-back')
      .wait(3_000)
      .see('door.closed', 'door-back')
      .wait(500)
      .see('lock.locked', 'lock-back')
      .wait(3_600_000);
    expect(site.found).toEqual([]);
    expect(site.answers).toEqual(['access.granted']);
  });

  test('restored from what was kept, it goes on where it was', () => {
    const kept = new Map<string, unknown>();
    const options = {
      arming: armingConfiguration.parse({ asset: 'panel-1' }),
      access: accessConfiguration.parse({}),
      deliveries: deliveryConfiguration.parse({}),
      context: { site: sampleSiteId, registry: sampleRegistry },
      now: noon,
      kept,
      keep: (key: string, value: unknown) => void kept.set(key, JSON.parse(JSON.stringify(value))),
    };
    const badge: Observation = {
      id: 'gateway-1/epoch001/1',
      kind: 'badge.presented',
      asset: 'reader-back',
      site: sampleSiteId,
      source: 'test',
      observedAt: noon,
      receivedAt: noon,
      clock: 'set',
      subjects: { badge: '04a1b2c3' },
    };
    new Panel(options).observe(badge);
    const after = new Panel(options);
    expect(after.nextWakeAt()).toBe(noon + 5_000);
    expect(after.passTime(noon + 5_000).actions.map(({ action }) => action)).toEqual(['lock.lock']);
    // As an older gateway left it.
    kept.set('panel/access', { openUntil: { 'lock-back': noon + 1 } });
    expect(new Panel(options).nextWakeAt()).toBe(noon + 1);
  });
});

describe('a code at a reader', () => {
  const access = async () => ({
    readers: [{ reader: 'reader-back', code: 'always' }],
    people: [
      {
        identity: 'weber',
        codeHash: await hashPassword('246810', TEST_COST),
        duressCodeHash: await hashPassword('135790', TEST_COST),
      },
    ],
  });
  const shown = async () =>
    new Site(await access()).see('badge.presented', 'reader-back', { subjects: { badge: '04a1b2c3' } });
  const types = async (site: Site, code: string) => {
    site.carryOut(await site.panel.enterCode('reader-back', code, site.at));
    return site;
  };

  test('is compared with that of whoever showed the badge, and is in nothing that is recorded', async () => {
    const right = await types(await shown(), '246810');
    expect(right.answers).toEqual(['access.pending', 'access.granted']);
    const wrong = await types(await shown(), '246811');
    expect(wrong.answers).toEqual(['access.pending', 'access.denied']);
    const forced = await types(await shown(), '135790');
    expect(forced.answers).toEqual(['access.pending', 'access.granted']);
    expect(forced.found).toEqual(['duress']);
    for (const { seen } of [right, wrong, forced])
      expect(JSON.stringify(seen)).not.toMatch(/246810|246811|135790/);
  });

  test('without a badge is a refusal; typed twice at once it counts once', async () => {
    const nobody = await types(new Site(await access()), '246810');
    expect(nobody.answers).toEqual(['access.denied']);
    const site = await shown();
    const both = await Promise.all([
      site.panel.enterCode('reader-back', '000000', site.at),
      site.panel.enterCode('reader-back', '000001', site.at),
    ]);
    expect(both.map(({ observations }) => observations.length)).toEqual([1, 0]);
  });
});

describe('couriers', () => {
  const deliveries = {
    points: ['reader-back'],
    refusesOthers: true,
    vehicles: [],
    expected: [
      { id: 'noon', what: 'Parcels', who: ['courier-1'], days: ['mon'], from: '11:30', to: '12:30' },
    ],
  };
  const comes = (site: Site) =>
    site.see('badge.presented', 'reader-back', { subjects: { badge: '0badcafe' } });

  test('who are expected are let in, and it is said', () => {
    const site = comes(new Site({}, deliveries));
    expect(site.seen.map(({ kind }) => kind)).toEqual([
      'badge.presented',
      'access.granted',
      'delivery.checked',
    ]);
    expect(site.found).toEqual([]);
    // Out to the van and in again.
    expect(comes(site.wait(300_000)).answers).toEqual(['access.granted', 'access.granted']);
  });

  test('whom nobody expects are refused, and it is told', () => {
    const site = comes(new Site({}, deliveries).wait(2 * 3_600_000));
    expect(site.answers).toEqual(['access.denied']);
    expect(site.seen.find(({ kind }) => kind === 'access.denied')?.facts?.because).toBe('not-expected');
    expect(site.found.filter((rule) => rule === 'delivery').length).toBeGreaterThanOrEqual(1);
  });

  test('a vehicle’s tag is no stranger’s badge', () => {
    const site = new Site({}, { ...deliveries, vehicles: [{ asset: 'siren-1', tags: ['7-7'] }] });
    site.see('badge.presented', 'reader-back', { subjects: { badge: '7-7' } });
    expect(site.answers).toEqual([]);
  });
});

test('another configuration is taken while it runs: what is open stays, what is announced counts', () => {
  const site = new Site({}, { points: ['reader-back'] }).see('badge.presented', 'reader-back', {
    subjects: { badge: '04a1b2c3' },
  });
  const access = accessConfiguration.parse({ holidays: [{ on: '2026-11-23', name: 'A holiday' }] });
  const deliveries = deliveryConfiguration.parse({
    points: ['reader-back'],
    expected: [
      { id: 'noon', what: 'Parcels', who: ['courier-1'], days: ['mon'], from: '11:30', to: '12:30' },
    ],
  });
  site.panel.replaceAccess(access, deliveries, site.at);
  site.wait(10_000);
  expect(site.actions).toContain('lock.lock lock-back');
  site.see('badge.presented', 'reader-back', { subjects: { badge: '0badcafe' } });
  expect(site.answers).toEqual(['access.granted', 'access.denied']);
  expect(site.seen.at(-1)?.facts).toMatchObject({ outcome: 'as-expected', delivery: 'noon' });
});
