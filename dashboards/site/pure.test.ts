import { describe, expect, it } from 'vitest';
import { assetKind } from '../../devices/model/asset.ts';
import { wantsPictures } from './cameras/follow-cameras.ts';
import { kindsFor, nextStep, stepBack } from './devices/steps.ts';
import { asksFor, stateOf, stirred } from './devices/trial.ts';
import * as pages from './fixtures/pages.ts';
import { wellBeing } from './now/well-being.ts';
import { type Entry, weekOf } from './schedule/week.ts';
import { placeOnScale } from './temperatures/gauge.tsx';
import { extremes } from './temperatures/history.ts';

describe('how the site is', () => {
  it('is calm only when nothing is wrong and everything can be seen', () => {
    expect(wellBeing(pages.calm).level).toBe('calm');
    expect(wellBeing(pages.armed).level).toBe('calm');
    expect(wellBeing(pages.empty).level).toBe('attention');
    const [first, ...others] = pages.calm.temperatures;
    if (first === undefined) throw new Error('no thermometer');
    const blind = { ...pages.calm, temperatures: [{ ...first, condition: 'unknown' as const }, ...others] };
    expect(wellBeing(blind)).toMatchObject({ level: 'attention', blind: [{ asset: 'fridge-1' }] });
  });
  it('is urgent for a serious alarm until somebody has seen it', () => {
    expect(wellBeing(pages.alarm)).toMatchObject({ level: 'urgent', open: [{ severity: 'critical' }, {}] });
    const seen = pages.alarm.alarms.map((alarm) => ({ ...alarm, acknowledged: { at: 1, by: 'Anna' } }));
    expect(wellBeing({ ...pages.alarm, alarms: seen })).toMatchObject({ level: 'attention', open: [] });
  });
  it('wants a look, not a run, for a low battery', () => {
    expect(wellBeing({ ...pages.calm, alarms: [pages.lowBattery] }).level).toBe('attention');
  });
  it('is urgent while the entry delay runs, whatever else is well', () => {
    expect(wellBeing(pages.entering).level).toBe('urgent');
  });
  it('is not calm while nobody would hear an alarm, or a lock does not hold', () => {
    const { station, locks } = pages.troubled;
    expect(wellBeing({ ...pages.calm, ...(station && { station }) }).level).toBe('attention');
    expect(wellBeing({ ...pages.calm, ...(locks && { locks }) }).level).toBe('attention');
  });
});

describe('the week of a schedule', () => {
  const entry = (days: Entry['days'], at: string, mode: Entry['mode']): Entry => ({ days, at, mode });
  it('goes on from its end to its beginning', () => {
    const week = weekOf([entry(['mon'], '07:00', 'disarmed'), entry(['fri'], '20:00', 'away')]);
    expect(week[0]).toEqual([
      { mode: 'away', from: 0, to: 420 },
      { mode: 'disarmed', from: 420, to: 1_440 },
    ]);
    expect(week[4]?.at(-1)).toEqual({ mode: 'away', from: 1_200, to: 1_440 });
    expect(week[6]).toEqual([{ mode: 'away', from: 0, to: 1_440 }]);
  });
  it('takes the more protective of two changes at one time', () => {
    const week = weekOf([entry(['mon'], '20:00', 'away'), entry(['mon'], '20:00', 'disarmed')]);
    expect(week[1]).toEqual([{ mode: 'away', from: 0, to: 1_440 }]);
  });
  it('covers every minute exactly once', () => {
    for (const day of weekOf(pages.calm.arming.schedule.entries)) {
      expect(day[0]?.from).toBe(0);
      expect(day.at(-1)?.to).toBe(1_440);
      day.slice(1).forEach((stretch, index) => expect(stretch.from).toBe(day[index]?.to));
    }
  });
  it('without entries is never watched', () => {
    expect(
      weekOf([])
        .flat()
        .every(({ mode }) => mode === 'disarmed'),
    ).toBe(true);
  });
});

describe('the questions about a new device', () => {
  const simple = { parts: ['contact', 'battery'] };
  const wired = { parts: ['input:0', 'input:1'] };
  const asset = { id: 'front-door', name: 'Front door', kind: assetKind.enum.door };
  const kind = asset.kind;
  it('ask no more than needed', () => {
    expect(nextStep(simple, {})).toBe('kind');
    expect(nextStep(simple, { kind })).toBe('asset');
    expect(nextStep(simple, { kind, asset })).toBe('try');
  });
  it('ask for the part and for what it is wired to, where the device cannot know', () => {
    expect(nextStep(wired, { kind, asset })).toBe('part');
    expect(nextStep(wired, { kind, asset, part: 'input:1' })).toBe('meaning');
    expect(nextStep(wired, { kind, asset, part: 'input:1', meaning: 'contact' })).toBe('try');
  });
  it('can be taken back one by one', () => {
    const all = { kind, asset, part: 'input:1', meaning: 'contact' } as const;
    const once = stepBack(wired, all);
    expect(once).toEqual({ kind, asset, part: 'input:1' });
    expect(stepBack(wired, once)).toEqual({ kind, asset });
    expect(stepBack(wired, { kind, asset })).toEqual({ kind });
    expect(stepBack(wired, { kind })).toEqual({});
  });
  it('offer first what the device is probably on', () => {
    const [shelly, contact] = pages.inbox.inbox;
    if (shelly === undefined || contact === undefined) throw new Error('no devices');
    expect(kindsFor(contact, pages.inbox.assets).likely).toEqual(['door', 'cabinet', 'fridge']);
    expect(kindsFor(shelly, pages.inbox.assets)).toMatchObject({ likely: [] });
  });
});

describe('a device that is tried out', () => {
  const asset = { id: 'front-door', name: 'Front door', kind: assetKind.enum.door };
  const answers = { kind: asset.kind, asset };
  const said = (value: string, changes: number, part = 'contact') => ({
    heard: [{ part, what: 'contact', value, times: changes, changes }],
  });
  it('is asked for what its asset does, and a siren for nothing', () => {
    expect(asksFor(said('closed', 1), answers)).toEqual(['open', 'close']);
    expect(asksFor({ heard: [] }, { asset: { ...asset, kind: 'siren' } })).toEqual([]);
    expect(asksFor({ heard: [] }, { asset: { ...asset, kind: 'reader' } })).toEqual(['badge']);
    expect(asksFor({ heard: [] }, { asset, meaning: 'motion' })).toEqual(['walk']);
  });
  it('is heard when its word changes, not when it repeats itself', () => {
    const state = (now: ReturnType<typeof said>) => stateOf('open', answers, said('closed', 1), now, false);
    expect(state(said('closed', 1))).toBe('waiting');
    expect(state(said('open', 2))).toBe('heard');
  });
  it('that says the reverse is noticed, and turned round when a person says so', () => {
    const [before, now] = [said('open', 1), said('closed', 2)];
    expect(stateOf('open', answers, before, now, false)).toBe('opposite');
    expect(stateOf('open', answers, before, now, true)).toBe('heard');
    expect(stateOf('close', answers, now, said('open', 3), true)).toBe('heard');
  });
  it('shows which of its parts has noticed', () => {
    const before = { heard: [...said('closed', 1, 'input:0').heard, ...said('closed', 1, 'input:1').heard] };
    const after = { heard: [...said('closed', 1, 'input:0').heard, ...said('open', 2, 'input:1').heard] };
    expect([...stirred(before, after)]).toEqual(['input:1']);
  });
});

describe('live pictures', () => {
  it('are asked for only while the page is in front and one of them is on the screen', () => {
    const seen = new Set(['store-room-camera']);
    expect(wantsPictures('visible', seen)).toBe(true);
    expect(wantsPictures('hidden', seen)).toBe(false);
    expect(wantsPictures('visible', new Set())).toBe(false);
  });
});

describe('temperatures', () => {
  it('stand on their scale, and stay on it', () => {
    const band = { minCelsius: 2, maxCelsius: 8 };
    expect(placeOnScale(5, band).at).toBeCloseTo(0.5);
    expect(placeOnScale(60, band).at).toBe(1);
    expect(placeOnScale(-30, band).at).toBe(0);
    const { from, to } = placeOnScale(5, band);
    expect(placeOnScale(2, band).at).toBe(from);
    expect(placeOnScale(8, band).at).toBe(to);
  });
  it('have extremes only where there are readings', () => {
    expect(extremes({ asset: 'f', points: [] })).toBeUndefined();
    expect(
      extremes({
        asset: 'f',
        points: [
          { at: 1, celsius: 4 },
          { at: 2, celsius: -1.5 },
        ],
      }),
    ).toEqual({ low: -1.5, high: 4 });
  });
});
