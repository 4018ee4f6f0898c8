/// <reference types="node" />
/** For tests only: plans, a recovery under way and exercises as the cloud would answer; what is ticked is kept in memory. */
import { Hono } from 'hono';
import type {
  ContinuityOverview,
  ContinuityPlanContent,
  ContinuityPlanPage,
  ContinuityPlanRow,
  ExercisePage,
  ExerciseRow,
  ExerciseScore,
  IncidentContinuity,
  LessonsPage,
  RecoveryPage,
  RecoveryRow,
  RecoveryWord,
} from '../../../cloud/api/contract.ts';
import { breakIn } from '../fixtures/incidents.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const linden = { id: 'linden', name: 'Lindenhof Pharmacy' };

const content: ContinuityPlanContent = {
  name: 'Cold chain of the pharmacy',
  site: linden.id,
  about: 'A medicine fridge fails, loses its power or gets too warm. The goods must stay within 2 to 8 °C.',
  assets: ['fridge-1', 'fridge-2'],
  services: ['prescriptions'],
  owner: {
    name: 'Dr. Anna Weber',
    role: 'Responsible pharmacist',
    phone: '+49 30 5550 101',
    mail: 'a.weber@linden.example',
  },
  deputies: [{ name: 'Jonas Keller', role: 'Pharmacist', phone: '+49 30 5550 102', mail: '' }],
  contacts: [
    { name: 'Kaltwerk', role: 'Fridge repair, day and night', phone: '', mail: 'notdienst@kaltwerk.example' },
  ],
  rtoMs: 60 * MINUTE,
  rpoMs: 10 * MINUTE,
  fallbacks: [
    {
      id: 'move-to-fridge-2',
      title: 'Move the stock to Medicine fridge 2',
      text: 'Take the most precious goods first, write down when each tray left and arrived.',
      conditions: ['Medicine fridge 2 is within its band', 'It has room'],
      playbook: 'cold',
      readyMs: 20 * MINUTE,
    },
    {
      id: 'cool-boxes',
      title: 'Cool boxes with conditioned packs',
      text: 'One logger goes into each box.',
      conditions: ['No other fridge has room', 'For four hours at most'],
      readyMs: 15 * MINUTE,
    },
  ],
  steps: [
    {
      id: 's1',
      phase: 'first',
      text: 'Close the fridge and keep it closed',
      who: 'Whoever is nearest',
      withinMs: 5 * MINUTE,
    },
    {
      id: 's2',
      phase: 'first',
      text: 'Stop handing out from this fridge',
      who: 'Counter',
      withinMs: 10 * MINUTE,
    },
    {
      id: 's3',
      phase: 'recover',
      text: 'Choose the fall-back and move the goods',
      who: 'Responsible pharmacist',
      withinMs: 45 * MINUTE,
    },
    { id: 's4', phase: 'recover', text: 'Call the repair service', who: 'Deputy', withinMs: 60 * MINUTE },
    {
      id: 's5',
      phase: 'normal',
      text: 'Decide what becomes of the blocked goods and sign',
      who: 'Responsible pharmacist',
      withinMs: DAY,
    },
  ],
  triggers: { rules: ['temperature-excursion', 'mains-lost'], failing: true, predictedFrom: 0.2 },
  reviewEveryMs: 180 * DAY,
};

const scoreOf = (points: readonly number[], at: number): ExerciseScore => ({
  at,
  points: points.reduce((sum, one) => sum + one, 0),
  parts: [
    {
      criterion: 'acknowledged',
      points: points[0] ?? 0,
      of: 20,
      because: '“Break-in at Lindenhof Pharmacy” was acknowledged after 3 min; the goal was 5 min.',
    },
    {
      criterion: 'activated',
      points: points[1] ?? 0,
      of: 20,
      because: 'The plan was activated after 15 min; the goal was 10 min.',
    },
    {
      criterion: 'contained',
      points: points[2] ?? 0,
      of: 20,
      because: 'The incident was contained after 26 min; the goal was 30 min.',
    },
    {
      criterion: 'checklist',
      points: points[3] ?? 0,
      of: 25,
      because: '4 of 5 steps were done in time, 1 late.',
    },
    {
      criterion: 'handed-over',
      points: points[4] ?? 0,
      of: 5,
      because: 'It stands in a hand-over of the shift.',
    },
    { criterion: 'lessons', points: points[5] ?? 0, of: 10, because: 'Lessons were written.' },
  ],
});

/** @param bodyOf the body of the request under way: it has been read before */
export function continuityRoutes(now: number, isEmpty: boolean, bodyOf: () => unknown): Hono {
  const plan: ContinuityPlanRow = {
    id: 'cold',
    name: content.name,
    site: linden,
    protects: ['Prescriptions', 'Medicine fridge 1', 'Medicine fridge 2'],
    owner: content.owner.name,
    rtoMs: content.rtoMs,
    fallbacks: content.fallbacks.length,
    steps: content.steps.length,
    gaps: 1,
    reviewDueAt: now + 90 * DAY,
    recovery: 'r-1',
  };
  const { recovery: _none, ...idle } = plan;
  const others: ContinuityPlanRow[] = [
    {
      ...idle,
      id: 'checkout',
      name: 'Checkout and payment of the shop',
      site: { id: 'online', name: 'Web shop' },
      protects: ['Web shop', 'Payment service'],
      owner: 'Lea Simon',
      rtoMs: 120 * MINUTE,
      gaps: 0,
      reviewDueAt: now - DAY,
    },
    {
      ...idle,
      id: 'off-line',
      name: 'Pharmacy without power or network',
      protects: ['Gateway', 'Intruder alarm'],
      rtoMs: 30 * MINUTE,
      gaps: 0,
    },
  ];
  const items: RecoveryPage['items'] = content.steps.map((step, index) => ({
    ...step,
    state: index === 0 ? 'done' : 'open',
    ...(index === 0 ? { at: now - 34 * MINUTE, by: 'Mira Yildiz' } : {}),
    ...(step.phase === 'normal' ? {} : { dueAt: now - 38 * MINUTE + (step.withinMs ?? 0) }),
  }));
  const row = (): RecoveryRow => ({
    id: 'r-1',
    plan: 'cold',
    name: content.name,
    site: linden,
    incident: breakIn.id,
    clock: {
      startsAt: now - 38 * MINUTE,
      objectiveMs: 60 * MINUTE,
      elapsedMs: 38 * MINUTE,
      state: 'running',
    },
    state: 'down',
    done: items.filter(({ state }) => state !== 'open').length,
    total: items.length,
    activatedAt: now - 31 * MINUTE,
  });
  let taken: string | undefined;
  const recovery = (): RecoveryPage => ({
    row: row(),
    timeZone: 'Europe/Berlin',
    content,
    activated: { at: now - 31 * MINUTE, by: 'Tom Feld', text: 'Fridge 1 stands open since the break-in' },
    clockBecause: 'Medicine fridge 1: recorded as failed.',
    items,
    fallbacks: content.fallbacks.map((one) => ({
      ...one,
      ...(one.playbook === undefined ? {} : { playbookName: 'Cold-chain excursion' }),
      ...(one.id === taken ? { taken: { at: now, by: 'Mara Oduya', text: '' } } : {}),
    })),
    log: [
      {
        at: now - 34 * MINUTE,
        by: 'Mira Yildiz',
        what: 'done: Close the fridge and keep it closed',
        text: '',
      },
      {
        at: now - 31 * MINUTE,
        by: 'Tom Feld',
        what: 'activated',
        text: 'Fridge 1 stands open since the break-in',
      },
    ],
  });
  const lessons: LessonsPage = {
    id: 'exercise:e-2',
    of: { kind: 'exercise', id: 'e-2', title: 'Break-in by night, autumn' },
    well: 'The desk rang at once; everybody knew where the boxes are.',
    badly: 'Packs were not conditioned, and nobody knew how long that takes.',
    measures: [
      {
        id: 'm-1',
        text: 'A card on the freezer: how packs are conditioned',
        owner: 'Jonas Keller',
        dueAt: now - 2 * DAY,
      },
      { id: 'm-2', text: 'A second logger for the boxes', owner: 'Anna Weber', dueAt: now + 20 * DAY },
    ],
    at: now - 9 * DAY,
    by: 'Ines Brandt',
  };
  const exercise = (over: Partial<ExerciseRow>): ExerciseRow => ({
    id: 'e-2',
    title: 'Break-in by night, autumn',
    scenario: 'break-in',
    scenarioTitle: 'Break-in at the pharmacy',
    plan: 'cold',
    planName: content.name,
    sites: [linden.id],
    participants: ['Mara Oduya', 'Tom Feld'],
    lastsMs: 60 * MINUTE,
    goals: { acknowledgeMs: 5 * MINUTE, activateMs: 10 * MINUTE, containMs: 30 * MINUTE },
    state: 'over',
    begunAt: now - 10 * DAY,
    endsAt: now - 10 * DAY + 48 * MINUTE,
    score: scoreOf([20, 15, 20, 20, 5, 10], now - 9 * DAY),
    before: 71,
    ...over,
  });
  const planned = (): ExerciseRow => {
    const { begunAt: _b, endsAt: _e, score: _s, before: _f, ...rest } = exercise({});
    return { ...rest, id: 'e-3', title: 'Break-in by night, with the new shift', state: 'planned' };
  };
  const page: ContinuityPlanPage = {
    row: plan,
    version: 3,
    content,
    timeZone: 'Europe/Berlin',
    changed: { at: now - 40 * DAY, by: 'Ines Brandt' },
    reviewed: { at: now - 30 * DAY, by: 'Dr. Anna Weber' },
    gaps: ['There is no telephone number of Kaltwerk.'],
    choices: {
      assets: [
        { id: 'fridge-1', name: 'Medicine fridge 1' },
        { id: 'fridge-2', name: 'Medicine fridge 2' },
      ],
      services: [{ id: 'prescriptions', name: 'Prescriptions' }],
      playbooks: [{ id: 'cold', name: 'Cold-chain excursion' }],
    },
  };
  const overview: ContinuityOverview = {
    plans: isEmpty ? [] : [plan, ...others],
    recoveries: isEmpty ? [] : [row()],
    exercises: isEmpty ? [] : [planned(), exercise({})],
    measures: isEmpty
      ? []
      : lessons.measures.map((one) => ({
          ...one,
          lessons: lessons.id,
          title: lessons.of.title,
          isOverdue: one.dueAt < now,
        })),
    lessons: isEmpty ? [] : [lessons],
    sites: [{ ...linden, timeZone: 'Europe/Berlin' }],
    starters: [
      { id: 'cold-chain', branch: 'pharmacy', title: 'Cold chain of the pharmacy', about: content.about },
      { id: 'blank', branch: 'any', title: 'A plan of your own', about: '' },
    ],
    scenarios: [{ id: 'break-in', title: 'Break-in at the pharmacy', running: false }],
  };
  const app = new Hono();
  app.get('/continuity', (context) => context.json(overview));
  app.post('/continuity/plans', (context) => context.json(page));
  app.on(['GET', 'PUT'], '/continuity/plans/:id', (context) => context.json(page));
  app.post('/continuity/plans/:id/:what', (context) => context.json(page));
  app.post('/continuity/recoveries', (context) => context.json(recovery()));
  app.get('/continuity/recoveries/:id', (context) => context.json(recovery()));
  app.post('/continuity/recoveries/:id', (context) => {
    const word = bodyOf() as RecoveryWord;
    if (word.type === 'take') taken = word.fallback;
    if (word.type === 'leave') taken = undefined;
    if (word.type === 'done' || word.type === 'skipped' || word.type === 'open') {
      const item = items.find(({ id }) => id === word.step);
      if (item !== undefined) {
        item.state = word.type;
        item.at = now;
        item.by = 'Mara Oduya';
      }
    }
    return context.json(recovery());
  });
  app.get('/continuity/exercises/:id', (context) => {
    const isPlanned = context.req.param('id') === 'e-3';
    const answer: ExercisePage = {
      row: isPlanned ? planned() : exercise({}),
      timeZone: 'Europe/Berlin',
      incidents: isPlanned
        ? []
        : [{ id: breakIn.id, title: breakIn.title, severity: breakIn.severity, state: 'contained' }],
      real: [],
      ...(isPlanned ? {} : { lessons }),
      history: [
        { id: 'e-1', title: 'Break-in, spring', at: now - 190 * DAY, points: 71, parts: {} },
        { id: 'e-2', title: 'Break-in by night, autumn', at: now - 10 * DAY, points: 90, parts: {} },
      ],
    };
    return context.json(answer);
  });
  app.get('/incidents/:id/continuity', (context) => {
    const answer: IncidentContinuity = {
      timeZone: 'Europe/Berlin',
      proposals:
        isEmpty || context.req.param('id') !== breakIn.id
          ? []
          : [
              {
                plan: { ...idle, gaps: 0 },
                state: 'predicted',
                failsAt: { early: now + 41 * MINUTE, middle: now + 74 * MINUTE },
                chance: 0.62,
                because: ['Medicine fridge 1 gets too warm: expected with 62 %.'],
              },
            ],
      recoveries: [],
    };
    return context.json(answer);
  });
  return app;
}
