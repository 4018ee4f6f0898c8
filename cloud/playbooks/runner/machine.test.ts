import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Playbook } from '../cacao.ts';
import { builtIn } from '../library.ts';
import { rehearse } from '../rehearse.ts';
import {
  advance,
  MACHINE,
  MAX_BEGUN,
  MAX_THREADS,
  type Prepared,
  type RunEvent,
  type Surroundings,
} from './machine.ts';
import { type Effect, isAsking, nextDueAt, type Run, type StepRun } from './run.ts';

const AT = Date.UTC(2026, 10, 20, 9);
const id = (type: string, number: number) =>
  `${type}--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

type Step = Playbook['workflow'][string];
const AGENT = id('group', 1);

function playbookOf(workflow: Record<string, Step>, start: string, more: Partial<Playbook> = {}): Playbook {
  return {
    type: 'playbook',
    spec_version: 'cacao-2.0',
    id: id('playbook', 1),
    name: 'Test',
    created_by: id('identity', 1),
    created: '2026-11-01T00:00:00.000Z',
    modified: '2026-11-01T00:00:00.000Z',
    workflow_start: start,
    workflow,
    agent_definitions: { [AGENT]: { type: 'group', name: 'Desk' } },
    ...more,
  };
}

/** What a command comes to in these tests: `machine`, `twice` (may be repeated), `danger`, `impossible`, or by hand. */
const prepare: Surroundings['prepare'] = ({ type, command = '' }): Prepared => {
  const deed = { kind: 'http', target: 'shop', call: 'call', arguments: { command } } as const;
  if (type === 'machine') return { is: 'deed', deed, says: command, isRepeatable: false };
  if (type === 'twice') return { is: 'deed', deed, says: command, isRepeatable: true };
  if (type === 'danger') return { is: 'deed', deed, says: command, isRepeatable: false, danger: 'people' };
  if (type === 'impossible') return { is: 'problem', message: 'not known' };
  return { is: 'manual' };
};

const fresh = (values: Record<string, string> = {}): Run => ({
  id: 'run-1',
  playbook: id('playbook', 1),
  playbookName: 'Test',
  version: 1,
  incident: 'i-1',
  title: '',
  startedAt: AT,
  startedBy: 'mara',
  status: 'running',
  values,
  threads: [],
  nextThread: 0,
  steps: [],
  log: [],
});

const action = (type: string, more: object = {}): Step => ({
  type: 'action',
  agent: AGENT,
  commands: [{ type, command: `${type} it` }],
  ...more,
});
const end: Step = { type: 'end' };
const [S, A, B, C, E, E2] = [
  id('start', 1),
  id('action', 1),
  id('action', 2),
  id('action', 3),
  id('end', 1),
  id('end', 2),
];

/** A run, driven by hand. */
class Bench {
  run: Run;
  now = AT;
  readonly sent: Effect[] = [];
  readonly playbook: Playbook;
  constructor(
    workflow: Record<string, Step>,
    values: Record<string, string> = {},
    more: Partial<Playbook> = {},
  ) {
    this.playbook = playbookOf({ [S]: { type: 'start', on_completion: A }, ...workflow }, S, more);
    this.run = fresh(values);
    this.take({ type: 'begin' });
  }
  take(event: RunEvent): string | undefined {
    const result = advance(this.run, event, { playbook: this.playbook, now: this.now, prepare });
    if (result.refused !== undefined) return result.refused.code;
    // As from the store.
    this.run = JSON.parse(JSON.stringify(result.run)) as Run;
    this.sent.push(...result.effects);
    return undefined;
  }
  pass(ms: number) {
    this.now += ms;
    this.take({ type: 'tick' });
  }
  step(of: string): StepRun {
    const found = this.run.steps.findLast(({ step }) => step === of);
    if (found === undefined) throw new Error(`${of} was not begun`);
    return found;
  }
  begun(of: string): boolean {
    return this.run.steps.some(({ step }) => step === of);
  }
  outcome(state: 'ok' | 'failed' | 'unknown') {
    const effect = this.sent.at(-1)?.id ?? '';
    return this.take({ type: 'outcome', effect, state, detail: state });
  }
  key(of: string) {
    return this.step(of).key;
  }
}

describe('a run', () => {
  test('waits for people and for machines, one step after the other, and ends', () => {
    const bench = new Bench({
      [A]: action('manual', { on_completion: B }),
      [B]: action('machine', { on_completion: E }),
      [E]: end,
    });
    expect(bench.step(A).state).toBe('todo');
    expect(bench.begun(B)).toBe(false);
    bench.take({ type: 'done', step: bench.key(A), by: 'tom', text: 'rang twice' });
    expect(bench.step(A)).toMatchObject({ state: 'done', by: 'tom', text: 'rang twice' });
    expect(bench.sent.map(({ says }) => says)).toEqual(['machine it']);
    bench.outcome('ok');
    expect(bench.run).toMatchObject({ status: 'done', endedBy: MACHINE });
    expect(bench.take({ type: 'done', step: bench.key(A), by: 'tom' })).toBe('over');
  });

  test('goes on where the playbook says so after a failure, and else asks a person', () => {
    const bench = new Bench({
      [A]: action('machine', { on_success: B, on_failure: C }),
      [B]: action('manual'),
      [C]: action('machine', { on_success: E }),
      [E]: end,
    });
    bench.outcome('failed');
    expect(bench.begun(B)).toBe(false);
    expect(bench.step(A)).toMatchObject({ state: 'failed', wentOn: true });
    bench.outcome('failed');
    expect(bench.step(C).state).toBe('failed');
    expect(isAsking(bench.step(C))).toBe(true);
    bench.take({ type: 'retry', step: bench.key(C), by: 'tom' });
    expect(bench.sent).toHaveLength(3);
    expect(new Set(bench.sent.map((effect) => effect.id)).size).toBe(3);
    bench.outcome('failed');
    bench.take({ type: 'skip', step: bench.key(C), by: 'tom', text: 'did it at the console' });
    expect(bench.run.status).toBe('done');
    expect(bench.step(C)).toMatchObject({ state: 'skipped', text: 'did it at the console' });
  });

  test('uses the way out that is meant for exceptions, once', () => {
    const bench = new Bench(
      { [A]: action('machine', { on_success: E }), [B]: action('impossible', { on_success: E }), [E]: end },
      {},
      { workflow_exception: B },
    );
    bench.outcome('failed');
    expect(bench.step(B).state).toBe('failed');
    expect(bench.run.steps.filter(({ step }) => step === B)).toHaveLength(1);
  });

  test('runs branches side by side and goes on when the last has ended', () => {
    const P = id('parallel', 1);
    const bench = new Bench({
      [A]: action('manual', { on_completion: P }),
      [P]: { type: 'parallel', next_steps: [B, C], on_completion: E2 },
      [B]: action('manual', { on_completion: E }),
      [C]: action('machine', { on_completion: E }),
      [E]: end,
      [E2]: end,
    });
    bench.take({ type: 'done', step: bench.key(A), by: 'tom' });
    expect([bench.step(B).state, bench.step(C).state]).toEqual(['todo', 'running']);
    bench.outcome('ok');
    expect(bench.run.status).toBe('running');
    bench.take({ type: 'done', step: bench.key(B), by: 'tom' });
    expect(bench.run.status).toBe('done');
    expect(bench.step(P).state).toBe('done');
  });

  test('asks a person and goes by the answer; without it nothing goes on', () => {
    const IF = id('if-condition', 1);
    const bench = new Bench({
      [A]: action('manual', { on_completion: IF, out_args: ['__hurt__'] }),
      [IF]: { type: 'if-condition', condition: "__hurt__:value = 'true'", on_true: B, on_false: C },
      [B]: action('manual'),
      [C]: action('manual'),
    });
    expect(bench.take({ type: 'done', step: bench.key(A), by: 'tom' })).toBe('answer-first');
    expect(
      bench.take({
        type: 'done',
        step: bench.key(A),
        by: 'tom',
        values: { __hurt__: 'true', __lock__: 'x' },
      }),
    ).toBeUndefined();
    expect(bench.begun(B)).toBe(true);
    expect(bench.begun(C)).toBe(false);
    // Only what was asked for.
    expect(bench.run.values).toEqual({ __hurt__: 'true' });
  });

  test('goes round while it is so, and chooses by a value', () => {
    const W = id('while-condition', 1);
    const SW = id('switch-condition', 1);
    const bench = new Bench(
      {
        [A]: { type: 'action', agent: AGENT, commands: [{ type: 'twice' }], on_completion: W },
        [W]: { type: 'while-condition', condition: '__celsius__:value > 8', on_true: B, on_completion: SW },
        [B]: action('manual', { out_args: ['__celsius__'] }),
        [SW]: { type: 'switch-condition', switch: '__celsius__:value', cases: { '5': C, default: E } },
        [C]: action('manual'),
        [E]: end,
      },
      { __celsius__: '11' },
    );
    bench.outcome('ok');
    for (const celsius of ['10', '9', '5'])
      bench.take({ type: 'done', step: bench.key(B), by: 'tom', values: { __celsius__: celsius } });
    expect(bench.run.steps.filter(({ step }) => step === B)).toHaveLength(3);
    expect(bench.begun(C)).toBe(true);
  });

  test('waits out a delay; a machine that is silent is asked after, a person is reminded', () => {
    const bench = new Bench({
      [A]: action('machine', { delay: 5_000, timeout: 10_000, on_success: B }),
      [B]: action('manual', { timeout: 60_000, on_completion: E }),
      [E]: end,
    });
    expect(bench.step(A).state).toBe('waiting');
    expect(nextDueAt(bench.run)).toBe(AT + 5_000);
    bench.pass(5_000);
    expect(bench.sent).toHaveLength(1);
    bench.pass(10_000);
    expect(bench.step(A)).toMatchObject({ state: 'unknown' });
    // It answers after all.
    bench.outcome('ok');
    expect(bench.step(A).state).toBe('done');
    bench.pass(60_000);
    expect(bench.step(B)).toMatchObject({ state: 'todo', isOverdue: true });
    expect(nextDueAt(bench.run)).toBeUndefined();
  });

  test('is cancelled with a reason; what a machine does meanwhile is noted all the same', () => {
    const bench = new Bench({ [A]: action('machine', { on_success: E }), [E]: end });
    bench.take({ type: 'cancel', by: 'tom', text: 'a drill' });
    expect(bench.run).toMatchObject({ status: 'cancelled', endedBy: 'tom', text: 'a drill' });
    bench.outcome('ok');
    expect(bench.step(A).state).toBe('cancelled');
    expect(bench.step(A).effects[0]?.state).toBe('ok');
  });

  test('that is dangerous needs somebody else than who asked for it and who began', () => {
    const bench = new Bench({ [A]: action('danger', { on_success: E }), [E]: end });
    expect(bench.sent).toEqual([]);
    expect(bench.take({ type: 'approve', step: bench.key(A), by: 'mara' })).toBe('same-person');
    expect(bench.take({ type: 'approve', step: bench.key(A), by: 'ines' })).toBeUndefined();
    expect(bench.sent).toHaveLength(1);
    bench.outcome('failed');
    // An old agreement does not cover another attempt; nor may who asked for that one agree to it.
    bench.take({ type: 'retry', step: bench.key(A), by: 'ines' });
    expect(bench.sent).toHaveLength(1);
    expect(bench.take({ type: 'approve', step: bench.key(A), by: 'ines' })).toBe('same-person');
    expect(bench.take({ type: 'approve', step: bench.key(A), by: 'mara' })).toBe('same-person');
    bench.take({ type: 'refuse', step: bench.key(A), by: 'tom', text: 'the police are inside' });
    expect(bench.step(A)).toMatchObject({ state: 'failed', text: 'the police are inside' });
  });

  test('agreed to by one alone is done, and reviewed by somebody else once, also when the run is over', () => {
    const bench = new Bench({ [A]: action('danger', { on_success: E }), [E]: end });
    const step = bench.key(A);
    const review = { type: 'review', step, wasRight: false, text: 'ring first' } as const;
    expect(bench.take({ ...review, by: 'ines' })).toBe('not-now');
    bench.take({ type: 'approve', step, by: 'mara', alone: { reason: 'nobody answers' } });
    expect(bench.sent).toHaveLength(1);
    bench.outcome('ok');
    expect(bench.run.status).toBe('done');
    expect(bench.take({ ...review, by: 'mara' })).toBe('same-person');
    expect(bench.take({ ...review, by: 'ines' })).toBeUndefined();
    expect(bench.take({ ...review, by: 'tom' })).toBe('not-now');
    expect(bench.step(A).approval?.alone).toMatchObject({
      reason: 'nobody answers',
      review: { by: 'ines', wasRight: false, text: 'ring first' },
    });
    expect(bench.run.log.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['approved-alone', 'review-objected']),
    );
  });
});

test('branches that wait and double with each round: so many lines side by side and no more, and the log says which are missing', () => {
  const parallel = id('parallel', 1);
  const bench = new Bench({
    [A]: { type: 'parallel', next_steps: [B, C] },
    [B]: action('impossible', { delay: 1_000, on_failure: parallel }),
    [C]: action('impossible', { delay: 1_000, on_failure: parallel }),
    [parallel]: { type: 'parallel', next_steps: [B, C] },
  });
  for (let round = 0; round < 20; round++) bench.pass(1_000);
  expect(bench.run.threads.length).toBeLessThanOrEqual(MAX_THREADS);
  expect(bench.run.threads.length).toBeGreaterThan(MAX_THREADS / 2);
  expect(bench.run.steps.length).toBeLessThanOrEqual(MAX_BEGUN + MAX_THREADS);
  expect(bench.run.log.some(({ text }) => text?.includes(`${MAX_THREADS} lines`))).toBe(true);
});

/** A workflow out of any steps that lead anywhere: also to what is not there, in circles, into themselves. */
const anyWorkflow = fc
  .record({
    size: fc.integer({ min: 1, max: 9 }),
    seeds: fc.array(
      fc.record({
        type: fc.constantFrom(
          'action',
          'action',
          'action',
          'end',
          'parallel',
          'if-condition',
          'while-condition',
          'switch-condition',
        ),
        command: fc.constantFrom('manual', 'machine', 'twice', 'danger', 'impossible'),
        to: fc.array(fc.nat(12), { minLength: 4, maxLength: 4 }),
        ways: fc.nat(7),
        condition: fc.constantFrom("__x__:value = '1'", "__x__:value != '1'", "__y__:value = '1'", 'AND'),
      }),
      { minLength: 9, maxLength: 9 },
    ),
  })
  .map(({ size, seeds }) => {
    const chosen = seeds.slice(0, size);
    const ids = chosen.map(({ type }, index) => id(type, index + 10));
    const at = (number: number | undefined) => ids[(number ?? 0) % (size + 1)] ?? id('action', 999);
    const workflow: Record<string, Step> = { [S]: { type: 'start', on_completion: at(0) } };
    chosen.forEach(({ type, command, to, ways, condition }, index) => {
      const next = {
        ...((ways & 1) === 1 ? { on_success: at(to[0]) } : {}),
        ...((ways & 2) === 2 ? { on_failure: at(to[1]) } : {}),
        ...((ways & 4) === 4 ? { delay: 1_000, timeout: 5_000 } : {}),
      };
      const key = ids[index] ?? '';
      if (type === 'end') workflow[key] = end;
      else if (type === 'parallel') workflow[key] = { type, next_steps: [at(to[2]), at(to[3])], ...next };
      else if (type === 'if-condition')
        workflow[key] = { type, condition, on_true: at(to[2]), on_false: at(to[3]), ...next };
      else if (type === 'while-condition') workflow[key] = { type, condition, on_true: at(to[2]), ...next };
      else if (type === 'switch-condition')
        workflow[key] = { type, switch: '__x__:value', cases: { '1': at(to[2]) }, ...next };
      else workflow[key] = action(command, { ...next, ...(ways === 5 ? { out_args: ['__x__'] } : {}) });
    });
    return playbookOf(workflow, S);
  });

/** The world and the house over it, which may be interrupted between any two of: decide, store, do, hear. */
class World {
  stored: Run;
  now = AT;
  /** What was really done, by the step's attempt. */
  readonly done = new Map<string, number>();
  readonly known = new Set<string>();
  waiting: Effect[] = [];
  asked: string[] = [];
  readonly playbook: Playbook;
  constructor(playbook: Playbook) {
    this.playbook = playbook;
    this.stored = fresh({ __x__: '1' });
  }

  /** @param until 0: interrupted before it is stored, 1: before it is done, 2: before its answer is heard, 3: not at all */
  take(event: RunEvent, until: number): void {
    const result = advance(this.stored, event, { playbook: this.playbook, now: this.now, prepare });
    if (result.refused !== undefined || until === 0) {
      if (until === 0) this.crash();
      return;
    }
    this.stored = result.run;
    if (until === 1) {
      this.crash();
      return;
    }
    for (const effect of result.effects) {
      // Whoever knows ids does it once.
      if (!(effect.isRepeatable && this.known.has(effect.id)))
        this.done.set(effect.id, (this.done.get(effect.id) ?? 0) + 1);
      this.known.add(effect.id);
      this.waiting.push(effect);
    }
    if (until === 2) this.crash();
  }

  crash(): void {
    this.stored = JSON.parse(JSON.stringify(this.stored)) as Run;
    this.waiting = [];
    if (this.stored.status === 'running' && this.stored.nextThread > 0) this.take({ type: 'recover' }, 3);
  }
}

const turn = fc.record({ what: fc.nat(11), which: fc.nat(5), until: fc.constantFrom(0, 1, 2, 3, 3, 3, 3) });

function play(world: World, { what, which, until }: { what: number; which: number; until: number }): void {
  const { stored } = world;
  const asking = stored.steps.filter(isAsking);
  const step = asking[which % Math.max(1, asking.length)]?.key ?? 'none';
  const by = ['mara', 'ines', 'tom'][which % 3] ?? 'tom';
  const effect = world.waiting.shift();
  if (effect !== undefined && what < 5) {
    const state = (['ok', 'ok', 'failed', 'unknown', 'ok'] as const)[what] ?? 'ok';
    world.take({ type: 'outcome', effect: effect.id, state, detail: '' }, until);
    return;
  }
  if (effect !== undefined) world.waiting.push(effect);
  const events: RunEvent[] = [
    { type: 'done', step, by, values: { __x__: String(which % 2) } },
    { type: 'done', step, by, values: { __x__: '0' } },
    { type: 'approve', step, by },
    { type: 'retry', step, by },
    { type: 'skip', step, by, text: 'no' },
    { type: 'not-done', step, by, text: 'could not' },
    { type: 'refuse', step, by, text: 'no' },
    { type: 'assign', step, by, assignee: 'tom' },
    { type: 'tick' },
    { type: 'recover' },
  ];
  const event = events[what % events.length];
  if (event?.type === 'tick') world.now += 3_000;
  if (event?.type === 'recover') world.crash();
  else if (event !== undefined) world.take(event, until);
}

describe('whatever the workflow and whatever happens', { timeout: 60_000 }, () => {
  test('a run ends or waits for somebody, for a machine or for the time', () => {
    fc.assert(
      fc.property(anyWorkflow, fc.array(turn, { maxLength: 40 }), (playbook, turns) => {
        const world = new World(playbook);
        world.take({ type: 'begin' }, 3);
        for (const each of turns) play(world, each);
        const { stored } = world;
        const waits =
          stored.steps.some(isAsking) ||
          stored.steps.some(({ state }) => state === 'running') ||
          nextDueAt(stored) !== undefined;
        expect(stored.status === 'done' ? stored.threads.length === 0 : waits).toBe(true);
        expect(stored.steps.length).toBeLessThanOrEqual(MAX_BEGUN + MAX_THREADS + turns.length);
      }),
      { numRuns: 120 },
    );
  });

  test('no deed is done twice, wherever it was interrupted', () => {
    fc.assert(
      fc.property(anyWorkflow, fc.array(turn, { maxLength: 60 }), (playbook, turns) => {
        const world = new World(playbook);
        world.take({ type: 'begin' }, 3);
        for (const each of turns) play(world, each);
        for (const [effect, times] of world.done) expect([effect, times]).toEqual([effect, 1]);
      }),
      { numRuns: 120 },
    );
  });

  test('nothing dangerous is done without a second person', () => {
    fc.assert(
      fc.property(anyWorkflow, fc.array(turn, { maxLength: 60 }), (playbook, turns) => {
        const world = new World(playbook);
        world.take({ type: 'begin' }, 3);
        for (const each of turns) play(world, each);
        for (const step of world.stored.steps)
          for (const effect of step.effects)
            if (effect.says === 'danger it') {
              const line = world.stored.log.find(
                ({ what, by, at }) => what === 'approved' && by !== 'mara' && at <= effect.issuedAt,
              );
              expect(line, JSON.stringify(step)).toBeDefined();
            }
      }),
      { numRuns: 120 },
    );
  });
});

describe('a dry run', () => {
  test.each(builtIn())('of $name comes to its end, and tells every step', (playbook) => {
    const run = fresh({ __lock__: 'l', __door__: 'd', __site__: 's', __celsius__: '10' });
    const { steps, ends } = rehearse(run, playbook, AT, (command) =>
      command.type === 'manual'
        ? { is: 'manual' }
        : {
            is: 'deed',
            says: command.command ?? '',
            isRepeatable: true,
            deed: { kind: 'mail', to: [], subject: '', text: '' },
            ...((command.command ?? '').startsWith('lock.') ? { danger: 'people' as const } : {}),
          },
    );
    expect(ends).toBe(true);
    expect(steps.some(({ by }) => by === 'person')).toBe(true);
    for (const { by, says, name } of steps)
      if (by !== 'flow') expect(says[0]?.length, name).toBeGreaterThan(5);
  });
});
