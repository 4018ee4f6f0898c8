import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { type Detection, detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { wordsOf } from '../alerting/wording.ts';
import { graphDocument } from '../cascade/document.ts';
import { Duties } from '../duties/duties.ts';
import { openedPdf } from '../duties/testing.ts';
import { periodAround } from '../reports/calendar.ts';
import { incidentsIn } from '../reports/incident-statistics.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { Continuity } from './continuity.ts';
import type { ExerciseRequest } from './exercise.ts';
import { openMeasures } from './lessons.ts';
import type { Simulator } from './parts.ts';
import { gapsOf, type Plan, planContent } from './plan.ts';
import { planPdf } from './plan-pdf.ts';
import { clockOf, type Recovery } from './recovery.ts';
import { pointsFor, scoreOf } from './score.ts';
import { continuitySettings } from './settings.ts';
import { planOf, starters } from './starter.ts';

const START = Date.parse('2026-11-23T02:00:00Z');
const MINUTE = 60_000;
const registry = registryOf(
  registryDocument.parse({
    sites: [
      { id: 'linden', name: 'Linden Pharmacy', timeZone: 'UTC' },
      { id: 'north', name: 'North Warehouse', timeZone: 'UTC' },
    ],
    assets: [
      { id: 'fridge-1', kind: 'fridge', name: 'Fridge 1', site: 'linden' },
      { id: 'fridge-2', kind: 'fridge', name: 'Fridge 2', site: 'linden' },
      { id: 'mains-meter', kind: 'sensor', name: 'Mains meter', site: 'linden' },
      { id: 'dock', kind: 'door', name: 'Dock', site: 'north' },
    ],
  }),
);
const graph = graphDocument.parse({
  horizon: '24 h',
  assets: [{ id: 'mains-meter' }, { id: 'fridge-1' }, { id: 'fridge-2' }],
  dependencies: [
    {
      of: 'fridge-1',
      effect: 'warm',
      on: ['mains-meter'],
      type: 'power',
      probability: 0.6,
      buffer: '90 min',
    },
  ],
  services: [
    { id: 'medicine', name: 'Medicine', perHour: 100, needs: [{ asset: 'fridge-2', effect: 'warm' }] },
  ],
});
const anna = { name: 'Anna', from: '127.0.0.1' };
const settings = continuitySettings.parse({
  plans: [
    {
      id: 'cold',
      starter: 'cold-chain',
      site: 'linden',
      owner: { name: 'Anna Weber', phone: '+49 30 1234' },
      deputies: [{ name: 'Jonas Keller', phone: '+49 30 1235' }],
    },
  ],
});

let clock: ReturnType<typeof manualClock>;
let folder: string;
let store: Store;
let continuity: Continuity;
let life: AbortController;

async function open(): Promise<void> {
  store = openSqliteStore({
    file: join(folder, 'store.sqlite'),
    clock,
    sitesOf: ({ assets }) => assets.flatMap((id) => registry.asset(id)?.site ?? []),
  });
  life = new AbortController();
  continuity = new Continuity({
    store,
    registry,
    clock,
    settings,
    graph: () => graph,
    onTrouble: (message) => {
      throw new Error(message);
    },
  });
  await continuity.start(life.signal);
}
async function close(): Promise<void> {
  life.abort();
  await store.close();
}

beforeEach(async () => {
  clock = manualClock(START);
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-continuity-'));
  await open();
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true });
});

let made = 0;
/** An incident in the store, of detections of these rules at these assets. */
async function happen(
  ...seen: { rule: string; asset: string; at: number; severity?: Detection['severity'] }[]
): Promise<Incident> {
  const id = `i-${++made}`;
  const detections = seen.map(({ rule, asset, at, severity = 'high' }, index) =>
    detection.parse({
      id: `${id}-${index}`,
      at,
      rule,
      severity,
      source: 'test',
      site: registry.asset(asset)?.site,
      assets: [asset],
      identities: [],
      observables: {},
      summary: `${rule} at ${asset}`,
    }),
  );
  await store.append([], detections);
  const times = seen.map(({ at }) => at);
  const incident: Incident = {
    id,
    title: `Incident ${id}`,
    first: Math.min(...times),
    last: Math.max(...times),
    severity: 'high',
    priority: 10,
    detections: detections.map((one) => one.id),
    assets: [...new Set(seen.map(({ asset }) => asset))],
    identities: [],
    links: [],
  };
  await store.putIncidents([incident], []);
  return incident;
}

const coldPlan = (): Plan => {
  const found = continuity.plan('cold');
  if (found === undefined) throw new Error('there is no plan');
  return found;
};

describe('plans', () => {
  test('every starter is a whole plan, at a site with and without assets', () => {
    for (const starter of starters)
      for (const assets of [registry.assetsOf('linden'), []]) {
        const content = planOf(starter, { id: 'linden', name: 'Linden Pharmacy' }, assets);
        expect(planContent.safeParse(content).error?.issues).toBeUndefined();
        if (starter.id !== 'blank') {
          expect(new Set(content.steps.map(({ phase }) => phase))).toEqual(
            new Set(['first', 'recover', 'normal']),
          );
          expect(content.fallbacks.length).toBeGreaterThan(1);
        }
      }
  });

  test('the configuration makes a plan once; what people made of it stays after a restart', async () => {
    expect(coldPlan().content).toMatchObject({
      assets: ['fridge-1', 'fridge-2'],
      owner: { name: 'Anna Weber' },
    });
    await continuity.change('cold', 1, { ...coldPlan().content, rtoMs: 30 * MINUTE }, anna);
    await expect(continuity.change('cold', 1, coldPlan().content, anna)).rejects.toThrow(/in the meantime/);
    await close();
    await open();
    expect(coldPlan()).toMatchObject({ version: 2, content: { rtoMs: 30 * MINUTE } });
    await continuity.retire('cold', 'the shop has closed', anna);
    await close();
    await open();
    expect(coldPlan().retired?.text).toBe('the shop has closed');
    expect(store.audited({ offset: 0, limit: 3 }).map(({ action, by }) => `${by} ${action}`)).toEqual([
      'Anna continuity.plan-retired',
      'Anna continuity.plan-changed',
      'gatehouse continuity.plan-changed',
    ]);
  });

  test('a plan says what is missing in it', () => {
    const { owner } = coldPlan().content;
    const content = { ...coldPlan().content, owner: { ...owner, phone: '' }, assets: ['fridge-1', 'gone'] };
    const world = {
      assetSite: (id: string) => registry.asset(id)?.site,
      hasService: () => true,
      hasPlaybook: () => false,
    };
    const gaps = gapsOf({ ...coldPlan(), content }, world);
    expect(gaps).toContain('There is no asset “gone” at its site.');
    expect(gaps).toContain('There is no telephone number of Anna Weber.');
    expect(gaps.filter((gap) => gap.startsWith('The playbook'))).toHaveLength(2);
  });

  test('on paper it needs no network: steps, numbers, fall-backs and conditions are all there', async () => {
    const bytes = await planPdf(coldPlan(), {
      organisation: 'Linden',
      site: { name: 'Linden Pharmacy', timeZone: 'UTC' },
      protects: ['Fridge 1'],
      playbook: () => 'Cold-chain excursion',
      gaps: [],
      madeAt: START,
    });
    const { text, pages, drawn, isTagged } = openedPdf(bytes);
    const flat = text.replaceAll(/\s+/g, ' ');
    for (const said of [
      '+49 30 1234',
      'Jonas Keller',
      'Cool boxes with conditioned packs',
      'recovery time objective',
    ])
      expect(flat).toContain(said);
    for (const { text: step } of coldPlan().content.steps)
      expect(flat).toContain(step.split(' ').slice(0, 3).join(' '));
    expect(drawn).toBe(pages);
    expect(isTagged).toBe(true);
  });
});

describe('what an incident calls for', () => {
  test('a protected fridge that failed comes first, with the moment of its failure', async () => {
    const incident = await happen(
      { rule: 'temperature-excursion', asset: 'fridge-2', at: START - 5 * MINUTE },
      { rule: 'temperature-excursion', asset: 'fridge-1', at: START - 9 * MINUTE },
    );
    expect(continuity.proposals(incident, continuity.plans())).toMatchObject([
      { plan: 'cold', state: 'failed', failedAt: START - 9 * MINUTE },
    ]);
    const begun = await continuity.activate('cold', incident, 'the fridge is warm', anna);
    expect(begun.clock).toMatchObject({ at: START - 9 * MINUTE, basis: 'failed' });
    await expect(continuity.activate('cold', undefined, 'again', anna)).rejects.toThrow(/already/);
  });

  test('what is predicted says how long there is left, and no clock runs for it before', async () => {
    const incident = await happen({ rule: 'mains-lost', asset: 'mains-meter', at: START - 10 * MINUTE });
    const rules = { ...coldPlan().content.triggers, rules: [] };
    await continuity.change('cold', 1, { ...coldPlan().content, triggers: rules }, anna);
    const [proposal] = continuity.proposals(incident, continuity.plans());
    expect(proposal).toMatchObject({ state: 'predicted', failsAt: { middle: START + 80 * MINUTE } });
    expect(proposal?.chance).toBeCloseTo(0.6, 1);
    const { predictedFrom: _none, ...without } = rules;
    await continuity.change('cold', 2, { ...coldPlan().content, triggers: without }, anna);
    expect(continuity.proposals(incident, continuity.plans())).toEqual([]);
    const begun = await continuity.activate('cold', incident, 'before it gets warm', anna);
    expect(begun.clock).toMatchObject({ at: START, basis: 'activated' });
  });

  test('a rule that is named counts at the plan’s own site alone', async () => {
    const away = await happen({ rule: 'held-open:dock', asset: 'dock', at: START });
    expect(continuity.proposals(away, continuity.plans())).toEqual([]);
    const here = await happen({ rule: 'held-open:fridge', asset: 'fridge-1', at: START, severity: 'low' });
    expect(continuity.proposals(here, continuity.plans())).toMatchObject([{ state: 'named' }]);
  });
});

describe('a recovery', () => {
  const say = (id: string, word: Parameters<Continuity['say']>[1]) => continuity.say(id, word, anna);

  test('its clock runs from the failure over a restart, and stops when the service works again', async () => {
    const incident = await happen({
      rule: 'temperature-excursion',
      asset: 'fridge-1',
      at: START - 10 * MINUTE,
    });
    const { id } = await continuity.activate('cold', incident, 'warm', anna);
    clock.advance(40 * MINUTE);
    await close();
    await open();
    const found = (): Recovery => {
      const one = continuity.recovery(id);
      if (one === undefined) throw new Error('it is gone');
      return one;
    };
    expect(clockOf(found(), clock.now())).toMatchObject({ elapsedMs: 50 * MINUTE, state: 'running' });
    clock.advance(15 * MINUTE);
    expect(clockOf(found(), clock.now()).state).toBe('overdue');
    await say(id, { type: 'take', fallback: 'cool-boxes', text: '' });
    await say(id, { type: 'serving', how: 'fall-back', text: '' });
    clock.advance(60 * MINUTE);
    expect(clockOf(found(), clock.now())).toMatchObject({ elapsedMs: 65 * MINUTE, state: 'missed' });
    await say(id, { type: 'serving', how: 'normal', text: '' });
    expect(clockOf(found(), clock.now()).elapsedMs).toBe(65 * MINUTE);
    await say(id, { type: 'clock', at: START, text: 'the logger was ten minutes fast' });
    expect(clockOf(found(), clock.now())).toMatchObject({ elapsedMs: 55 * MINUTE, state: 'met' });
    await say(id, { type: 'down', text: 'the boxes are warm' });
    expect(clockOf(found(), clock.now()).state).toBe('overdue');
  });

  test('it is not over while a step is open, a fall-back in use, or the service down', async () => {
    const { id, plan } = await continuity.activate('cold', undefined, 'trial', anna);
    const end = { type: 'end', how: 'normal', text: 'all is well' } as const;
    await expect(say(id, end)).rejects.toThrow(/still down/);
    await say(id, { type: 'take', fallback: 'partner', text: '' });
    await say(id, { type: 'serving', how: 'fall-back', text: '' });
    await expect(say(id, end)).rejects.toThrow(/9 steps are still open/);
    for (const { id: step } of plan.content.steps.slice(1)) await say(id, { type: 'done', step, text: '' });
    await expect(say(id, { type: 'done', step: 's2', text: '' })).rejects.toThrow(/already/);
    await say(id, { type: 'skipped', step: 's1', text: 'nobody is there' });
    await expect(say(id, end)).rejects.toThrow(/still in use/);
    await say(id, { type: 'leave', fallback: 'partner', text: '' });
    const over = await say(id, end);
    expect(over.items[0]).toMatchObject({ state: 'skipped', by: 'Anna', text: 'nobody is there' });
    await expect(say(id, { type: 'note', text: 'one more' })).rejects.toThrow(/over/);
  });

  test('lessons keep what was done of a measure, and those overdue are listed', async () => {
    const { id } = await continuity.activate('cold', undefined, 'trial', anna);
    const measure = (name: string, dueAt: number) => ({
      id: name,
      text: `Buy ${name}`,
      owner: 'Jonas',
      dueAt,
    });
    const measures = [measure('packs', START + MINUTE), measure('logger', START + 90 * MINUTE)];
    await continuity.learn('recovery', id, { well: 'fast', badly: '', measures }, anna);
    clock.advance(60 * MINUTE);
    expect(openMeasures(continuity.allLessons(), clock.now()).map((one) => [one.id, one.isOverdue])).toEqual([
      ['packs', true],
      ['logger', false],
    ]);
    await continuity.measureDone(`recovery:${id}`, 'packs', 'bought', anna);
    const later = await continuity.learn('recovery', id, { well: 'fast', badly: 'no packs', measures }, anna);
    expect(later.measures[0]?.done).toMatchObject({ by: 'Anna', text: 'bought' });
    await expect(continuity.measureDone(`recovery:${id}`, 'packs', '', anna)).rejects.toThrow(/already/);
  });
});

describe('exercises', () => {
  const request: ExerciseRequest = {
    title: 'Break-in by night',
    scenario: 'break-in',
    plan: 'cold',
    sites: ['linden'],
    participants: ['Anna', 'Jonas'],
    lastsMs: 60 * MINUTE,
    goals: { acknowledgeMs: 5 * MINUTE, activateMs: 10 * MINUTE, containMs: 30 * MINUTE },
  };
  const started: string[] = [];
  const simulator: Simulator = {
    list: [{ id: 'break-in', title: 'A break-in', running: false }],
    start: async (id) => void started.push(id),
  };
  const begin = async () => {
    const { id } = await continuity.exercises.plan(request, simulator, anna);
    await continuity.exercises.begin(id, simulator, anna);
    return id;
  };

  test('what it brings is an exercise; what is in any doubt is real', async () => {
    const before = await happen({ rule: 'forced-open', asset: 'fridge-1', at: START - 1 });
    const id = await begin();
    expect(started).toEqual(['break-in']);
    const own = await happen({ rule: 'forced-open', asset: 'fridge-1', at: START + MINUTE });
    const elsewhere = await happen(
      { rule: 'forced-open', asset: 'fridge-1', at: START + MINUTE },
      { rule: 'held-open', asset: 'dock', at: START + MINUTE },
    );
    const unknown = await happen({ rule: 'forced-open', asset: 'stranger', at: START + MINUTE });
    const late = await happen({ rule: 'forced-open', asset: 'fridge-1', at: START + 60 * MINUTE });
    const { exercises } = continuity;
    expect([before, own, elsewhere, unknown, late].map((one) => exercises.ofIncident(one)?.id)).toEqual([
      undefined,
      id,
      undefined,
      undefined,
      undefined,
    ]);
    await exercises.declareReal(own, 'a real window is broken', anna);
    expect(exercises.ofIncident(own)).toBeUndefined();
    expect(store.audited({ offset: 0, limit: 1 })[0]).toMatchObject({ action: 'exercise.real', by: 'Anna' });
  });

  test('what it brings starts no duty, counts in no statistic, and its alerts say what they are', async () => {
    await begin();
    const own = await happen({ rule: 'forced-open', asset: 'fridge-1', at: START + MINUTE });
    const real = await happen({ rule: 'held-open', asset: 'dock', at: START + MINUTE });
    clock.advance(2 * MINUTE);
    for (const { id } of [own, real])
      await store.act({ incident: id, at: clock.now(), by: 'Anna', action: 'acknowledged' });
    const isExercise = (one: Incident) => continuity.exercises.ofIncident(one) !== undefined;
    const duties = new Duties({ store, registry, clock, organisation: 'Linden', tlp: 'amber', isExercise });
    expect(duties.proposal(own.id)).toBeUndefined();
    expect(duties.proposal(real.id)?.at).toBe(clock.now());
    await expect(duties.stateAwareness(own.id, START, 'was told', anna)).rejects.toThrow(/exercise/);
    const counted = incidentsIn(
      { store, registry, isExercise },
      {
        period: { ...periodAround('day', START, 'UTC'), name: 'today', timeZone: 'UTC' },
        sites: ['linden', 'north'],
        withPersons: false,
      },
    );
    expect(counted.map(({ incident }) => incident.id)).toEqual([real.id]);
    const told = { title: 'Forced', severity: 'high', sites: [], detections: 1, waitingMs: 0 } as const;
    expect(wordsOf('opened', { ...told, isExercise: true }).title).toBe('EXERCISE, High: Forced');
    expect(wordsOf('opened', told).title).toBe('High: Forced');
  });

  test('it ends by itself when its time is over, and is as planned as before when the simulator refuses', async () => {
    const refusing = { ...simulator, start: () => Promise.reject(new Error('no answer')) };
    const { id } = await continuity.exercises.plan(request, simulator, anna);
    await expect(continuity.exercises.begin(id, refusing, anna)).rejects.toThrow('no answer');
    expect(continuity.exercises.find(id)?.begun).toBeUndefined();
    await continuity.exercises.begin(id, simulator, anna);
    await expect(begin()).rejects.toThrow(/under way/);
    clock.advance(61 * MINUTE);
    await expect
      .poll(() => continuity.exercises.find(id)?.ended)
      .toEqual({
        at: START + 60 * MINUTE,
        by: 'gatehouse',
      });
  });

  test('it is scored from what was recorded, and the score says why', async () => {
    const id = await begin();
    const incident = await happen({ rule: 'temperature-excursion', asset: 'fridge-1', at: START });
    const act = (action: 'acknowledged' | 'contained' | 'noted', text = '') =>
      store.act({ incident: incident.id, at: clock.now(), by: 'Anna', action, text });
    clock.advance(4 * MINUTE);
    await act('acknowledged');
    clock.advance(11 * MINUTE);
    const recovery = await continuity.activate('cold', incident, 'warm', anna);
    expect(recovery.exercise).toBe(id);
    for (const { id: step } of recovery.plan.content.steps)
      await continuity.say(recovery.id, { type: 'done', step, text: '' }, anna);
    await act('noted', 'for the next shift');
    const { score } = await continuity.exercises.end(id, anna);
    const part = (name: string) => score?.parts.find(({ criterion }) => criterion === name);
    expect(part('acknowledged')).toMatchObject({ points: 20, tookMs: 4 * MINUTE });
    // 15 minutes for a goal of 10: a quarter of the way to three times the goal.
    expect(part('activated')).toMatchObject({ points: 15, tookMs: 15 * MINUTE });
    expect(part('contained')).toMatchObject({ points: 0, because: 'The incident was not contained.' });
    // Of nine steps the three that were to be done first were late.
    expect(part('checklist')?.because).toMatch(/^6 of 9 steps were done in time, 3 late/);
    expect(part('handed-over')?.points).toBe(5);
    expect(part('lessons')?.points).toBe(0);
    const before = score?.points ?? 0;
    await continuity.learn('recovery', recovery.id, { well: 'calm', badly: '', measures: [] }, anna);
    expect(continuity.exercises.find(id)?.score?.points).toBe(before + 10);
  });

  test('points fall evenly from the goal to three times the goal, and never below nothing', () => {
    expect([0, 10, 20, 30, 90].map((took) => pointsFor(took, 10, 20))).toEqual([20, 20, 10, 0, 0]);
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), fc.integer({ min: 1, max: 1e8 }), (a, b, goal) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(pointsFor(less, goal, 20)).toBeGreaterThanOrEqual(pointsFor(more, goal, 20));
        expect(pointsFor(more, goal, 20)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 100 },
    );
  });

  test('an exercise of which nothing came has no points and says so', () => {
    const { points, parts } = scoreOf({ goals: request.goals, handOvers: 0, notes: 0 }, START);
    expect(points).toBe(0);
    expect(parts.reduce((sum, { of }) => sum + of, 0)).toBe(100);
    expect(parts[0]?.because).toBe('The exercise brought no incident.');
  });
});
