import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observation, ObservationKind } from '../../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../../devices/model/registry.ts';
import { sampleRegistry, sampleSiteId } from '../../rules/sample-site.ts';
import { type AccessInput, accessStep, activeAccessDetections } from '../access.ts';
import type { ObservationDraft, PanelContext } from '../outcome.ts';
import { type AccessState, initialAccess, nextAccessWake } from './access-state.ts';
import { CODE_LOCK_MS } from './admission.ts';
import { accessConfiguration } from './configuration.ts';

const noon = Date.parse('2026-11-23T12:00+01:00');
const hash = 'scrypt$16384$8$1$PKUrU9BKTTmzIUA8DQS7mw$U4bP6AuZngGVdXWAkBjGZLe8DvzqVChpTdNONwsHE2E';

/** The sample site, with a second pharmacist and a reader on either side of the back door. */
const registry = registryOf(
  registryDocument.parse({
    ...sampleRegistry.document,
    zones: [...sampleRegistry.document.zones, { id: 'yard', site: sampleSiteId, name: 'Yard' }],
    assets: [
      ...sampleRegistry.document.assets.map((asset) =>
        asset.id === 'door-back'
          ? { ...asset, connects: ['yard', 'store'] }
          : asset.id === 'reader-back'
            ? { ...asset, zone: 'yard' }
            : asset,
      ),
      {
        id: 'reader-inside',
        kind: 'reader',
        name: 'Reader inside',
        site: sampleSiteId,
        zone: 'store',
        guards: ['door-back'],
      },
    ],
    identities: [
      ...sampleRegistry.document.identities,
      { id: 'keller', name: 'Jonas Keller', sites: [sampleSiteId], badges: ['0000KELL'] },
    ],
  }),
);
const context = { site: sampleSiteId, registry };
const badges = { weber: '04a1b2c3', keller: '0000kell', courier: '0badcafe' } as const;
type Person = keyof typeof badges;

class Story {
  state: AccessState = initialAccess();
  at = noon;
  readonly observations: ObservationDraft[] = [];
  readonly actions: string[] = [];
  readonly detections: { rule: string; severity: string; summary: string; identities: string[] }[] = [];
  private readonly configuration: ReturnType<typeof accessConfiguration.parse>;
  private readonly context: PanelContext;
  private sequence = 0;

  constructor(configuration: unknown, around: PanelContext = context) {
    this.context = around;
    this.configuration = accessConfiguration.parse(configuration);
  }

  private take(input: AccessInput): this {
    const { state, observations, actions, detections } = accessStep(
      this.state,
      input,
      this.configuration,
      this.context,
    );
    this.state = JSON.parse(JSON.stringify(state));
    this.observations.push(...observations);
    this.actions.push(...actions.map(({ action, asset }) => `${action} ${asset}`));
    this.detections.push(...detections);
    return this;
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
    return this.take({ type: 'observation', observation });
  }

  badge(who: Person, reader = 'reader-back', more: Partial<Observation> = {}): this {
    return this.see('badge.presented', reader, { subjects: { badge: badges[who] }, ...more });
  }

  typing(reader = 'reader-back'): this {
    return this.take({ type: 'typing', reader, at: this.at });
  }

  code(outcome: 'right' | 'duress' | 'wrong', reader = 'reader-back'): this {
    return this.take({ type: 'code', reader, at: this.at, outcome });
  }

  /** Time passes, with a wake whenever one is asked for. */
  wait(ms: number): this {
    const until = this.at + ms;
    for (let wakes = 0; ; wakes++) {
      const due = nextAccessWake(this.state, this.configuration);
      if (due === undefined || due > until) break;
      if (wakes > 1_000) throw new Error('it asks to be woken without end');
      this.at = Math.max(this.at, due);
      this.take({ type: 'time', at: this.at });
    }
    this.at = until;
    return this;
  }

  get answers(): string[] {
    return this.observations.map(({ kind, subjects, facts }) =>
      [kind.replace('access.', ''), subjects?.identity ?? '?', facts?.because ?? facts?.wants ?? '']
        .filter((part) => part !== '')
        .join(' '),
    );
  }
  get found(): string[] {
    return this.detections.map(({ rule, severity }) => `${rule} ${severity}`);
  }
}

describe('a code besides the badge', () => {
  const asks = (code: string) => ({
    readers: [{ reader: 'reader-back', code }],
    people: [{ identity: 'weber', codeHash: hash, duressCodeHash: hash }],
  });

  test('is waited for, and opens', () => {
    const story = new Story(asks('always')).badge('weber');
    expect(story.answers).toEqual(['pending weber code']);
    expect(story.actions).toEqual(['reader.waiting reader-back']);
    story.wait(3_000).code('right');
    expect(story.answers).toEqual(['pending weber code', 'granted weber']);
    expect(story.actions).toContain('lock.unlock lock-back');
    expect(story.observations.at(-1)?.facts).toMatchObject({ code: true });
  });

  test('that does not come is a refusal when its time is over', () => {
    const story = new Story(asks('always')).badge('weber').wait(60_000);
    expect(story.answers).toEqual(['pending weber code', 'denied weber code-missing']);
    expect(story.code('right').answers.at(-1)).toBe('denied ? code-without-badge');
    expect(story.actions.filter((action) => action.startsWith('lock.unlock'))).toEqual([]);
  });

  test('that is wrong three times counts no more for a while, even when it is right then', () => {
    const story = new Story(asks('always')).badge('weber').code('wrong').code('wrong').code('wrong');
    expect(story.answers.slice(1)).toEqual(Array.from({ length: 3 }, () => 'denied weber wrong-code'));
    expect(story.badge('weber').answers.at(-1)).toBe('denied weber code-locked');
    expect(story.code('right').answers.at(-1)).toBe('denied ? code-without-badge');
    story
      .wait(CODE_LOCK_MS + 1)
      .badge('weber')
      .code('right');
    expect(story.answers.at(-1)).toBe('granted weber');
  });

  test('of duress opens like the other one, shows nothing, and calls for help', () => {
    const quiet = new Story(asks('always')).badge('weber').code('right');
    const forced = new Story(asks('always')).badge('weber').code('duress');
    expect(forced.actions).toEqual(quiet.actions);
    expect(forced.observations).toEqual(quiet.observations);
    expect(quiet.found).toEqual([]);
    expect(forced.found).toEqual(['duress critical']);
    expect(forced.detections[0]?.identities).toEqual(['weber']);
  });

  test('is asked for outside the hours only, where that is said', () => {
    expect(new Story(asks('outside-hours')).badge('weber').answers).toEqual(['granted weber']);
    expect(new Story(asks('outside-hours')).wait(9 * 3_600_000).badge('weber').answers).toEqual([
      'pending weber code',
    ]);
  });

  test('of somebody who has none opens nothing', () => {
    const story = new Story(asks('always')).badge('keller');
    expect(story.answers).toEqual(['denied keller no-code']);
  });

  test('is that of the last badge: who was asked before has not given one', () => {
    const story = new Story({
      ...asks('always'),
      people: [
        { identity: 'weber', codeHash: hash },
        { identity: 'keller', codeHash: hash },
      ],
    });
    story.badge('weber').wait(1_000).badge('keller').code('right');
    expect(story.answers).toEqual([
      'pending weber code',
      'denied weber code-missing',
      'pending keller code',
      'granted keller',
    ]);
  });
});

describe('a cabinet that takes two', () => {
  const two = { doors: [{ door: 'cabinet-1', twoPersonsMs: 30_000 }] };
  const at = 'reader-cabinet';

  test('opens for the second, and says who both are', () => {
    const story = new Story(two).badge('weber', at);
    expect(story.answers).toEqual(['pending weber second-person']);
    story.wait(10_000).badge('keller', at);
    expect(story.answers.at(-1)).toBe('granted keller');
    expect(story.observations.at(-1)?.facts).toMatchObject({ with: 'weber', opens: 'cabinet-1' });
  });

  test('does not open for one badge shown twice, nor for two people too far apart', () => {
    const story = new Story(two).badge('weber', at).wait(5_000).badge('weber', at).wait(40_000);
    expect(story.answers).toEqual([
      'pending weber second-person',
      'pending weber second-person',
      'denied weber second-person-missing',
    ]);
    story.badge('keller', at);
    expect(story.answers.at(-1)).toBe('pending keller second-person');
  });

  test('does not open where the second may not', () => {
    const story = new Story(two).badge('weber', at).badge('courier', at);
    expect(story.answers).toEqual(['pending weber second-person', 'denied courier-1 not-this-door']);
    expect(story.wait(1_000).badge('keller', at).answers.at(-1)).toBe('granted keller');
  });

  test('and wants a code of each', () => {
    const story = new Story({
      ...two,
      readers: [{ reader: at, code: 'always' }],
      people: ['weber', 'keller'].map((identity) => ({ identity, codeHash: hash })),
    });
    story.badge('weber', at).code('right', at).wait(2_000).badge('keller', at);
    expect(story.answers).toEqual([
      'pending weber code',
      'pending weber second-person',
      'pending keller code',
    ]);
    story.code('wrong', at).code('right', at);
    expect(story.answers.slice(3)).toEqual(['denied keller wrong-code', 'granted keller']);
  });

  test('the second badge may be shown while the first one’s code is still being compared', () => {
    const settings = {
      ...two,
      readers: [{ reader: at, code: 'always' }],
      people: ['weber', 'keller'].map((identity) => ({ identity, codeHash: hash })),
    };
    const story = new Story(settings).badge('weber', at).typing(at).badge('keller', at).code('right', at);
    expect(story.answers).toEqual([
      'pending weber code',
      'pending weber second-person',
      'pending keller code',
    ]);
    expect(story.typing(at).code('right', at).answers.at(-1)).toBe('granted keller');
    // The comparison was lost with a restart: whoever waits is told in time, and the next one has their turn.
    const lost = new Story(settings).badge('weber', at).typing(at).badge('keller', at).wait(25_000);
    expect(lost.answers).toEqual([
      'pending weber code',
      'denied weber code-missing',
      'denied keller too-late',
    ]);
  });

  test('help is called at once for the one who is forced, whether or not the second comes', () => {
    const story = new Story({
      ...two,
      readers: [{ reader: at, code: 'always' }],
      people: [{ identity: 'weber', codeHash: hash, duressCodeHash: hash }],
    });
    story.badge('weber', at).code('duress', at);
    expect(story.answers.at(-1)).toBe('pending weber second-person');
    expect(story.found).toEqual(['duress critical']);
    expect(story.wait(60_000).found).toEqual(['duress critical']);
  });

  test('both have to be allowed to open what takes two', () => {
    const story = new Story({
      doors: [{ door: 'cabinet-1', twoPersonsMs: 30_000 }],
      readers: [{ reader: at, opens: ['cabinet-1', 'door-back'] }],
    });
    story.badge('courier', at).badge('weber', at);
    expect(story.answers).toEqual(['granted courier-1', 'pending weber second-person']);
    const other = new Story({
      doors: [
        { door: 'cabinet-1', twoPersonsMs: 30_000 },
        { door: 'door-back', twoPersonsMs: 30_000 },
      ],
      readers: [{ reader: at, opens: ['cabinet-1', 'door-back'] }],
    });
    other.badge('courier', at).badge('weber', at);
    expect(other.answers).toEqual(['pending courier-1 second-person', 'granted weber']);
    expect(other.observations.at(-1)?.facts?.opens).toBe('door-back');
  });

  test('the first one waits on while the second fumbles with the code', () => {
    const story = new Story({
      doors: [{ door: 'cabinet-1', twoPersonsMs: 60_000 }],
      readers: [{ reader: at, code: 'always' }],
      people: ['weber', 'keller'].map((identity) => ({ identity, codeHash: hash })),
    });
    story.badge('weber', at).code('right', at).badge('keller', at).wait(25_000);
    expect(story.answers.at(-1)).toBe('denied keller code-missing');
    story.badge('keller', at).code('right', at);
    expect(story.answers.at(-1)).toBe('granted keller');
  });
});

describe('a badge that contradicts where it was last', () => {
  const inside = (antiPassback: string) => ({ doors: [{ door: 'door-back', antiPassback }] });
  const passes = (story: Story, who: Person, reader = 'reader-back') =>
    story
      .badge(who, reader)
      .wait(1_000)
      .see('door.opened', 'door-back')
      .wait(2_000)
      .see('door.closed', 'door-back')
      .wait(30_000);

  test('hard: is refused when it comes in a second time, and is let out', () => {
    const story = passes(new Story(inside('hard')), 'weber');
    story.badge('weber');
    expect(story.answers.at(-1)).toBe('denied weber anti-passback');
    expect(story.found).toEqual(['anti-passback medium']);
    passes(story, 'weber', 'reader-inside');
    expect(story.answers.at(-1)).toBe('granted weber');
    expect(passes(story, 'weber').answers.at(-1)).toBe('granted weber');
    expect(story.found).toEqual(['anti-passback medium']);
  });

  test('soft: is let in, and reported', () => {
    const story = passes(new Story(inside('soft')), 'weber');
    story.badge('weber');
    expect(story.answers.at(-1)).toBe('granted weber');
    expect(story.found).toEqual(['anti-passback low']);
  });

  test('off: nothing', () => {
    expect(passes(passes(new Story(inside('off')), 'weber'), 'weber').found).toEqual([]);
  });

  test('a badge that was shown while the door stayed shut went nowhere', () => {
    const story = new Story(inside('hard')).see('door.opened', 'door-back').see('door.closed', 'door-back');
    story.badge('weber').wait(60_000).badge('weber');
    expect(story.answers).toEqual(['granted weber', 'granted weber']);
  });

  test('who leaves without having come in came in behind somebody', () => {
    const story = passes(new Story(inside('hard')), 'keller', 'reader-inside');
    passes(story, 'keller', 'reader-inside');
    expect(story.found).toEqual(['anti-passback medium']);
    const other = new Story({
      doors: [{ door: 'door-back', antiPassback: 'hard' }],
      readers: [{ reader: 'reader-cabinet', enters: 'office' }],
    });
    other.state = { ...other.state, whereabouts: { keller: { zone: 'office', at: noon } } };
    other.badge('keller');
    expect(other.answers.at(-1)).toBe('granted keller');
    expect(other.found).toEqual(['tailgating low']);
  });

  test('is forgotten in time: nobody is locked out on the next morning', () => {
    const story = passes(new Story(inside('hard')), 'weber')
      .wait(13 * 3_600_000)
      .badge('weber');
    expect(story.answers.at(-1)).toBe('granted weber');
  });
});

describe('hours of a person', () => {
  const trainee = {
    schedules: [{ id: 'mornings', hours: [{ days: ['mon'], from: '08:00', to: '11:00' }] }],
    people: [{ identity: 'keller', schedule: 'mornings' }],
    holidays: [{ on: '2026-11-23', name: 'A holiday' }],
  };
  test('bind staff, too, and end on holidays', () => {
    const usual = { ...trainee, holidays: [] };
    expect(new Story(usual).badge('keller').answers).toEqual(['denied keller outside-hours']);
    expect(new Story(usual).wait(-2 * 3_600_000).badge('keller').answers).toEqual(['granted keller']);
    expect(new Story(trainee).wait(-2 * 3_600_000).badge('keller').answers).toEqual([
      'denied keller outside-hours',
    ]);
    expect(new Story(trainee).badge('weber').answers).toEqual(['granted weber']);
    // The site's own hours do not count on a holiday either.
    expect(new Story(trainee).badge('courier').answers).toEqual(['denied courier-1 outside-hours']);
    expect(new Story(usual).badge('courier').answers).toEqual(['granted courier-1']);
  });
  test('that are not there are refused with the configuration', () => {
    expect(
      accessConfiguration.safeParse({ people: [{ identity: 'keller', schedule: 'nights' }] }).success,
    ).toBe(false);
  });
});

test('a badge that had to wait for the gateway opens nothing any more', () => {
  const story = new Story({}).badge('weber', 'reader-back', { observedAt: noon - 60_000 });
  expect(story.answers).toEqual(['denied weber too-late']);
  expect(story.actions).toEqual(['reader.denied reader-back']);
});

test('somebody who asks to leave is let out, where that is the panel’s to do', () => {
  const story = new Story({ doors: [{ door: 'door-back', unlocksForExit: true }] });
  story.see('exit.requested', 'door-back').wait(10_000);
  expect(story.actions).toEqual(['lock.unlock lock-back', 'lock.lock lock-back']);
  expect(new Story({}).see('exit.requested', 'door-back').actions).toEqual([]);
});

test('a door that somebody else holds unlocked stays so after a badge; one that has not locked is told again', () => {
  let lock: 'locked' | 'unlocked' = 'unlocked';
  const held = { ...context, lockOf: () => lock };
  const story = new Story({}, held).see('lock.unlocked', 'lock-back').badge('weber').wait(60_000);
  expect(story.actions).toEqual(['lock.unlock lock-back', 'reader.granted reader-back']);

  lock = 'locked';
  const stuck = new Story({}, held).see('lock.locked', 'lock-back').badge('weber');
  lock = 'unlocked';
  stuck.see('lock.unlocked', 'lock-back').wait(60_000).badge('weber').wait(60_000);
  expect(stuck.actions.filter((action) => action === 'lock.lock lock-back')).toHaveLength(2);
});

test('the door is locked as soon as it has closed, where that is said', () => {
  const story = new Story({ doors: [{ door: 'door-back', locksOnClosing: true }], unlockMs: 60_000 });
  story
    .badge('weber')
    .wait(1_000)
    .see('door.opened', 'door-back')
    .wait(3_000)
    .see('door.closed', 'door-back');
  expect(story.actions.at(-1)).toBe('lock.lock lock-back');
  expect(story.state.openUntil).toEqual({});
});

test('a lock that says it is open after it was told to lock is reported, and goes on until it has followed', () => {
  const story = new Story({})
    .see('lock.locked', 'lock-back')
    .badge('weber')
    .see('lock.unlocked', 'lock-back')
    .wait(60_000);
  expect(story.found).toEqual(['lock-not-following high']);
  expect(activeAccessDetections(story.state)).toHaveLength(1);
  story.see('lock.locked', 'lock-back');
  expect(activeAccessDetections(story.state)).toEqual([]);
});

test('whatever happens, state and answers are well formed, and time goes on', () => {
  const happening = fc.oneof(
    fc.record({
      what: fc.constant('badge' as const),
      who: fc.constantFrom('weber', 'keller', 'courier'),
      reader: fc.constantFrom('reader-back', 'reader-inside', 'reader-cabinet'),
    }),
    fc.record({
      what: fc.constant('code' as const),
      outcome: fc.constantFrom('right', 'wrong', 'duress'),
      reader: fc.constantFrom('reader-back', 'reader-cabinet'),
    }),
    fc.record({
      what: fc.constant('see' as const),
      kind: fc.constantFrom(
        'door.opened',
        'door.closed',
        'lock.locked',
        'lock.unlocked',
        'lock.jammed',
        'exit.requested',
        'command.failed',
      ),
      asset: fc.constantFrom('door-back', 'lock-back', 'cabinet-1'),
    }),
    fc.record({ what: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
      const story = new Story({
        doors: [
          { door: 'cabinet-1', twoPersonsMs: 30_000 },
          { door: 'door-back', antiPassback: 'hard', locksOnClosing: true, unlocksForExit: true },
        ],
        readers: [{ reader: 'reader-back', code: 'always' }],
        people: ['weber', 'keller'].map((identity) => ({ identity, codeHash: hash })),
      });
      for (const each of happenings) {
        const before = story.observations.length;
        if (each.what === 'badge') story.badge(each.who, each.reader);
        else if (each.what === 'code') story.code(each.outcome, each.reader);
        else if (each.what === 'wait') story.wait(each.ms);
        else story.see(each.kind, each.asset, { facts: { action: 'lock.lock' } });
        // Every badge and every code has exactly one answer of its own.
        const answers = story.observations
          .slice(before)
          .filter(
            ({ facts }) => facts?.because !== 'code-missing' && facts?.because !== 'second-person-missing',
          );
        expect(answers.length).toBe(each.what === 'badge' || each.what === 'code' ? 1 : 0);
      }
      // The cabinet never opens for one alone.
      const opened = story.observations.filter(
        ({ kind, facts }) => kind === 'access.granted' && facts?.opens === 'cabinet-1',
      );
      for (const { facts, subjects } of opened) expect(facts?.with).not.toBe(subjects?.identity);
      for (const { facts } of opened) expect(facts?.with).toBeDefined();
      story.wait(3_600_000);
      expect(story.state.openUntil).toEqual({});
      expect(story.state.waiting).toEqual({});
    }),
    { numRuns: 200 },
  );
});
