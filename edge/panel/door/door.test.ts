import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DoorSettings, doorSettings } from './configuration.ts';
import { conditionOf, doorStep, IDLE_EXITS_MS, MAX_IDLE_EXITS, nextDoorWake } from './door.ts';
import {
  type DoorFinding,
  type DoorInput,
  type DoorOutcome,
  type DoorState,
  restingDoor,
} from './door-state.ts';

const usual = { ...doorSettings.parse({ door: 'door-back' }), passageMs: 15_000 };
type Settings = DoorSettings & { passageMs: number };

/** Something at a second, with the observation's name made of it. */
type Line = [seconds: number, what: string, more?: string];

function inputOf([seconds, what, more = '']: Line): DoorInput {
  const at = seconds * 1_000;
  const observation = `${what}-${seconds}`;
  switch (what) {
    case 'granted':
      return {
        type: 'granted',
        at,
        observation,
        guests: more.split('+').map((person) => ({ person, to: 'store' })),
      };
    case 'exit':
      return { type: 'exit', at, observation };
    case 'opened':
    case 'closed':
      return { type: what, at, observation };
    case 'locked':
    case 'unlocked':
    case 'jammed':
      return { type: 'lock', at, observation, lock: 'lock-back', is: what };
    case 'order':
      return {
        type: 'ordered',
        at,
        lock: 'lock-back',
        to: more === 'lock' ? 'locked' : 'unlocked',
        is: undefined,
      };
    case 'failed':
      return {
        type: 'failed',
        at,
        observation,
        lock: 'lock-back',
        to: more === 'lock' ? 'locked' : 'unlocked',
      };
    default:
      return { type: 'time', at };
  }
}

/** Runs a story, with a wake at every moment that the machine asks for. */
function tell(lines: readonly Line[], settings: Partial<Settings> = {}, isSiteOpen = false) {
  const all: Settings = { ...usual, ...settings };
  let state = restingDoor;
  const findings: DoorFinding[] = [];
  const passed: string[] = [];
  const buzzes: string[] = [];
  let mayLock = 0;
  let wakes = 0;
  const take = (made: DoorOutcome) => {
    state = made.state;
    findings.push(...made.findings);
    passed.push(...made.passed.map(({ person, to }) => `${person}→${to}`));
    if (made.buzz !== undefined) buzzes.push(made.buzz);
    if (made.mayLock) mayLock++;
  };
  for (const line of lines) {
    const input = inputOf(line);
    for (
      let due = nextDoorWake(state, all);
      due !== undefined && due < input.at;
      due = nextDoorWake(state, all)
    ) {
      if (++wakes > 10_000) throw new Error('it asks to be woken without end');
      take(doorStep(state, { type: 'time', at: due }, all, isSiteOpen));
    }
    take(doorStep(state, input, all, isSiteOpen));
  }
  const at = (lines.at(-1)?.[0] ?? 0) * 1_000;
  return { state, findings, passed, buzzes, mayLock, wakes, condition: conditionOf(state, at, all) };
}
const told = (findings: readonly DoorFinding[]) => findings.map(({ what, at }) => `${what}@${at / 1_000}`);

describe('what is found out at a door', () => {
  const cases: [name: string, lines: Line[], expected: string[], settings?: Partial<Settings>][] = [
    [
      'a badge, the door opens and closes: nothing',
      [
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [6, 'closed'],
      ],
      [],
    ],
    [
      'opened a second time on one badge',
      [
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [5, 'closed'],
        [8, 'opened'],
        [9, 'closed'],
      ],
      ['tailgating@8'],
    ],
    [
      'two badges before it opens are leave for two openings',
      [
        [0, 'granted', 'weber'],
        [1, 'granted', 'keller'],
        [2, 'opened'],
        [5, 'closed'],
        [8, 'opened'],
      ],
      [],
    ],
    [
      'a badge for the second opening, too',
      [
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [5, 'closed'],
        [6, 'granted', 'keller'],
        [8, 'opened'],
      ],
      [],
    ],
    [
      'a contact that bounces',
      [
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [2.3, 'closed'],
        [2.6, 'opened'],
      ],
      [],
    ],
    [
      'opened long after the badge is no second pass: that it was forced is the rule’s to say',
      [
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [5, 'closed'],
        [40, 'opened'],
        [500, 'time'],
      ],
      [],
    ],
    [
      'propped, once',
      [
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [900, 'time'],
        [1_000, 'closed'],
      ],
      ['propped@302'],
    ],
    [
      'propped again after it was closed',
      [
        [0, 'granted', 'a'],
        [2, 'opened'],
        [400, 'closed'],
        [500, 'granted', 'b'],
        [502, 'opened'],
        [900, 'time'],
      ],
      ['propped@302', 'propped@802'],
    ],
    [
      'a forced door is not called propped',
      [
        [2, 'opened'],
        [900, 'time'],
      ],
      [],
    ],
    [
      'an exit, used',
      [
        [0, 'exit'],
        [3, 'opened'],
        [6, 'closed'],
        [60, 'time'],
      ],
      [],
    ],
    [
      'asked to leave again and again, and nobody left',
      [
        [0, 'opened'],
        [1, 'closed'],
        [100, 'exit'],
        [200, 'exit'],
        [300, 'exit'],
        [400, 'time'],
      ],
      ['exits-unused@315'],
    ],
    [
      'the same within an hour is a day’s ordinary life',
      [
        [0, 'opened'],
        [1, 'closed'],
        [100, 'exit'],
        [1_200, 'exit'],
        [2_400, 'exit'],
        [3_000, 'time'],
      ],
      [],
    ],
    [
      'a lock that does not lock',
      [
        [0, 'locked'],
        [1, 'order', 'unlock'],
        [2, 'unlocked'],
        [6, 'order', 'lock'],
        [60, 'time'],
      ],
      ['lock-strayed@16'],
    ],
    [
      'a lock that locks late',
      [
        [0, 'locked'],
        [1, 'order', 'unlock'],
        [2, 'unlocked'],
        [6, 'order', 'lock'],
        [15, 'locked'],
        [60, 'time'],
      ],
      [],
    ],
    [
      'a lock that does not open',
      [
        [0, 'locked'],
        [1, 'order', 'unlock'],
        [60, 'time'],
      ],
      ['lock-strayed@11'],
    ],
    [
      'is told once, until it has followed',
      [
        [0, 'locked'],
        [1, 'order', 'unlock'],
        [20, 'order', 'unlock'],
        [40, 'order', 'unlock'],
        [60, 'unlocked'],
        [61, 'order', 'lock'],
        [99, 'time'],
      ],
      ['lock-strayed@11', 'lock-strayed@71'],
    ],
    [
      'a lock that says nothing can’t be told of',
      [
        [1, 'order', 'unlock'],
        [6, 'order', 'lock'],
        [60, 'time'],
      ],
      [],
    ],
    [
      'the driver says that it could not be done',
      [
        [0, 'unlocked'],
        [1, 'order', 'lock'],
        [3, 'failed', 'lock'],
        [60, 'time'],
      ],
      ['lock-strayed@3'],
    ],
    [
      'an exit button that unlocks the strike itself, four times in a row',
      [1, 2, 3, 4].flatMap((minute): Line[] => [
        [minute * 60, 'exit'],
        [minute * 60 + 0.2, 'unlocked'],
        [minute * 60 + 2, 'opened'],
        [minute * 60 + 4, 'closed'],
        [minute * 60 + 5, 'locked'],
      ]),
      [],
    ],
    [
      'a lock that jams is told at once',
      [
        [0, 'locked'],
        [5, 'jammed'],
        [60, 'time'],
      ],
      ['lock-strayed@5'],
    ],
    [
      'unlocked by somebody else for the morning, everybody goes through',
      [
        [0, 'unlocked'],
        [9, 'granted', 'weber'],
        [10, 'opened'],
        [12, 'closed'],
        [14, 'opened'],
        [16, 'closed'],
      ],
      [],
    ],
  ];
  test.each(cases)('%s', (_name, lines, expected, settings) => {
    expect(told(tell(lines, settings).findings)).toEqual(expected);
  });

  test('how it stands, in a word', () => {
    const words = (lines: Line[]) => tell(lines).condition;
    expect(
      words([
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [6, 'closed'],
      ]),
    ).toBe('closed');
    expect(
      words([
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [6, 'time'],
      ]),
    ).toBe('open');
    expect(
      words([
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [60, 'time'],
      ]),
    ).toBe('held');
    expect(
      words([
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [400, 'time'],
      ]),
    ).toBe('propped');
    expect(
      words([
        [2, 'opened'],
        [3, 'time'],
      ]),
    ).toBe('forced');
    // The contact was quicker than the badge's answer.
    expect(
      words([
        [2, 'opened'],
        [4, 'granted', 'weber'],
        [5, 'time'],
      ]),
    ).toBe('open');
    expect(
      words([
        [2, 'opened'],
        [9, 'granted', 'weber'],
        [10, 'time'],
      ]),
    ).toBe('forced');
  });

  test('the buzzer at the door warns before, and is silent when it is closed', () => {
    expect(
      tell([
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [60, 'time'],
        [70, 'closed'],
      ]).buzzes,
    ).toEqual(['on', 'off']);
    expect(
      tell([
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [20, 'closed'],
      ]).buzzes,
    ).toEqual([]);
  });

  test('a door that may stand open while the site is open is let alone, and is looked at once a minute', () => {
    const story: Line[] = [
      [0, 'granted', 'weber'],
      [2, 'opened'],
      [3_600, 'time'],
    ];
    const open = tell(story, { standsOpen: true }, true);
    expect(told(open.findings)).toEqual([]);
    expect(open.wakes).toBeLessThanOrEqual(61);
    expect(told(tell(story, { standsOpen: true }, false).findings)).toEqual(['propped@302']);
  });

  test('who was let through has passed when the door opens, and not before', () => {
    const before = tell([
      [0, 'opened'],
      [1, 'closed'],
      [10, 'granted', 'weber'],
      [12, 'time'],
    ]);
    expect(before.passed).toEqual([]);
    expect(
      tell([
        [0, 'opened'],
        [1, 'closed'],
        [10, 'granted', 'weber+keller'],
        [12, 'opened'],
      ]).passed,
    ).toEqual(['weber→store', 'keller→store']);
    // Without a contact the badge is all there is.
    expect(tell([[10, 'granted', 'weber']]).passed).toEqual(['weber→store']);
  });

  test('it may be locked when it has closed behind whoever was let through', () => {
    const settings = { locksOnClosing: true };
    expect(
      tell(
        [
          [0, 'granted', 'weber'],
          [2, 'opened'],
          [3, 'closed'],
        ],
        settings,
      ).mayLock,
    ).toBe(1);
    expect(
      tell([
        [0, 'granted', 'weber'],
        [2, 'opened'],
        [3, 'closed'],
      ]).mayLock,
    ).toBe(0);
    const two: Line[] = [
      [0, 'granted', 'a'],
      [1, 'granted', 'b'],
      [2, 'opened'],
      [3, 'closed'],
    ];
    expect(tell(two, settings).mayLock).toBe(0);
    expect(tell([...two, [4, 'opened'], [5, 'closed']], settings).mayLock).toBe(1);
  });
});

/** What has to be so, whatever happens: counted by hand beside the machine. */
describe('whatever happens at a door, in whatever order', () => {
  const step = fc.tuple(
    fc.integer({ min: 1, max: 400 }),
    fc.constantFrom(
      'granted',
      'exit',
      'opened',
      'closed',
      'locked',
      'unlocked',
      'jammed',
      'order',
      'failed',
      'time',
    ),
    fc.constantFrom('lock', 'unlock'),
  );
  const story = fc.array(step, { maxLength: 60 }).map((steps) => {
    let at = 0;
    return steps.map(([later, what, more]): Line => {
      at += later;
      return [at, what, what === 'granted' ? 'weber' : more];
    });
  });

  test('each opening is propped once at most, and only after its time; the same of locks; time goes on', () => {
    fc.assert(
      fc.property(story, (lines) => {
        const { findings, wakes } = tell(lines);
        let openedAt: number | undefined;
        const openings: number[] = [];
        for (const [seconds, what] of lines) {
          if (what === 'opened' && openedAt === undefined) {
            openedAt = seconds * 1_000;
            openings.push(openedAt);
          } else if (what === 'closed') openedAt = undefined;
        }
        const propped = findings.filter(({ what }) => what === 'propped');
        expect(new Set(propped.map(({ trigger }) => trigger)).size).toBe(propped.length);
        for (const { at } of propped) expect(openings).toContain(at - usual.proppedMs);
        const strayed = findings.filter(({ what }) => what === 'lock-strayed');
        expect(new Set(strayed.map(({ trigger }) => trigger)).size).toBe(strayed.length);
        for (const finding of findings) {
          expect(finding.trigger.length).toBeGreaterThan(0);
          expect(finding.at).toBeLessThanOrEqual((lines.at(-1)?.[0] ?? 0) * 1_000);
        }
        const exits = lines.filter(([, what]) => what === 'exit').length;
        expect(findings.filter(({ what }) => what === 'exits-unused').length).toBeLessThanOrEqual(
          Math.floor(exits / MAX_IDLE_EXITS),
        );
        expect(wakes).toBeLessThan(lines.length * 8 + 8);
      }),
      { numRuns: 400 },
    );
  });

  test('a second pass is told only of an opening within the time of a leave that was used already', () => {
    fc.assert(
      fc.property(story, (lines) => {
        const second = tell(lines).findings.filter(({ what }) => what === 'tailgating');
        for (const { at } of second) {
          const leaves = lines.filter(
            ([seconds, what]) =>
              (what === 'granted' || what === 'exit') &&
              seconds * 1_000 <= at + 1 &&
              at - seconds * 1_000 <= usual.passageMs,
          );
          expect(leaves.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('its state survives a restart at any point', () => {
    fc.assert(
      fc.property(story, fc.nat(60), (lines, at) => {
        const whole = tell(lines);
        let state: DoorState = restingDoor;
        const findings: DoorFinding[] = [];
        lines.forEach((line, index) => {
          if (index === at) state = JSON.parse(JSON.stringify(state));
          const input = inputOf(line);
          const due: DoorInput = { type: 'time', at: input.at };
          for (const each of [due, input]) {
            const made = doorStep(state, each, usual, false);
            state = made.state;
            findings.push(...made.findings);
          }
        });
        // Without the wakes between, what is found is told later, but the same is found.
        expect(findings.map(({ what, trigger }) => `${what} ${trigger}`).sort()).toEqual(
          whole.findings.map(({ what, trigger }) => `${what} ${trigger}`).sort(),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('the window of unused exits is one', () => {
    expect(IDLE_EXITS_MS).toBeGreaterThan(usual.passageMs * MAX_IDLE_EXITS);
  });
});
