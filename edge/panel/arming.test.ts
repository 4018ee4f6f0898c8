import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detection } from '../../devices/model/detection.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import { observation as observationSchema } from '../../devices/model/observation.ts';
import { sampleRegistry, sampleSiteId } from '../rules/sample-site.ts';
import {
  type ArmingInput,
  type ArmingOutcome,
  type ArmingState,
  armingConfiguration,
  armingState,
  armingStatus,
  armingStep,
  initialArming,
  modeInForce,
  nextArmingWake,
} from './arming.ts';
import type { Actor } from './outcome.ts';

const context = { site: sampleSiteId, registry: sampleRegistry };
const configuration = armingConfiguration.parse({
  asset: 'panel-1',
  entryDoors: ['door-front'],
  perimeter: ['door-back'],
  interior: ['motion-store'],
  always: ['cabinet-1'],
  sirens: ['siren-1'],
  buzzers: ['panel-1'],
  exitDelayMs: 45_000,
  entryDelayMs: 30_000,
  sirenMs: 180_000,
});
const weber: Actor = { name: 'Maria Weber', identity: 'weber', from: 'site', ip: '192.168.1.20' };

let serial = 0;
const seen = (kind: ObservationKind, asset: string, observedAt: number): ArmingInput => ({
  type: 'observation',
  observation: {
    id: `gateway-1/epoch001/${++serial}`,
    kind,
    asset,
    observedAt,
    receivedAt: observedAt,
    site: sampleSiteId,
    source: 'test',
    clock: 'set',
  },
});
const arm = (at: number, mode: 'away' | 'night' = 'away', bypass: string[] = []): ArmingInput => ({
  type: 'arm',
  mode,
  bypass,
  by: weber,
  at,
});
const disarm = (at: number): ArmingInput => ({ type: 'disarm', by: weber, at });
const time = (at: number): ArmingInput => ({ type: 'time', at });

/** A panel that goes through inputs one after the other and remembers what came of the last. */
function panel(settings = configuration, start = 0) {
  let state: ArmingState = initialArming(settings, start);
  let last: ArmingOutcome = { state, observations: [], detections: [], actions: [] };
  return {
    get state() {
      return state;
    },
    get last() {
      return last;
    },
    do(...inputs: ArmingInput[]): ArmingOutcome {
      for (const input of inputs) {
        // Each step from what a disk would give back.
        last = armingStep(armingState.parse(JSON.parse(JSON.stringify(state))), input, settings, context);
        state = last.state;
      }
      return last;
    },
  };
}

const closed = () => {
  const site = panel();
  site.do(seen('door.closed', 'door-front', 1), seen('door.closed', 'door-back', 2));
  site.do(seen('door.closed', 'cabinet-1', 3));
  return site;
};
const armedAway = () => {
  const site = closed();
  site.do(arm(1_000), time(46_000));
  return site;
};
const actions = ({ actions: list }: ArmingOutcome) => list.map(({ action, asset }) => `${action} ${asset}`);

describe('arming', () => {
  test('away runs the exit delay, protects after it, and says who did it and from where', () => {
    const site = closed();
    const { answer } = site.do(arm(1_000));
    expect(answer).toEqual({ result: 'arming', until: 46_000, ready: true, blockedBy: [], bypassed: [] });
    expect(modeInForce(site.state)).toBe('disarmed');
    expect(nextArmingWake(site.state, context)).toBe(46_000);
    expect(site.do(time(46_000)).observations).toEqual([
      {
        kind: 'alarm.armed',
        asset: 'panel-1',
        observedAt: 46_000,
        subjects: { identity: 'weber' },
        observables: { ip: '192.168.1.20' },
        facts: { by: 'Maria Weber', from: 'site', mode: 'away' },
      },
    ]);
    expect(modeInForce(site.state)).toBe('away');
  });

  test('night protects at once', () => {
    const { answer, observations } = closed().do(arm(1_000, 'night'));
    expect(answer?.result).toBe('armed');
    expect(observations.map(({ kind }) => kind)).toEqual(['alarm.armed']);
  });

  test('with an open door is refused by name, and that is an observation', () => {
    const site = closed();
    site.do(seen('door.opened', 'door-back', 500));
    const { answer, observations, state } = site.do(arm(1_000));
    expect(answer).toEqual({
      result: 'blocked',
      ready: false,
      blockedBy: [{ asset: 'door-back', name: 'Back door', because: 'it is open' }],
      bypassed: [],
    });
    expect(observations).toMatchObject([
      { kind: 'alarm.arming-refused', facts: { because: 'Back door: it is open', by: 'Maria Weber' } },
    ]);
    expect(state.mode).toBe('disarmed');
  });

  test('leaves out what was asked for by name, says so in answer, status and observation, and nothing else', () => {
    const site = closed();
    site.do(seen('door.opened', 'door-back', 500));
    const { answer, observations } = site.do(arm(1_000, 'night', ['door-back']));
    const left = [{ asset: 'door-back', name: 'Back door', by: 'Maria Weber' }];
    expect(answer).toMatchObject({ result: 'armed', bypassed: left });
    expect(observations[0]?.facts).toMatchObject({ bypassed: 'door-back' });
    expect(armingStatus(site.state, configuration, sampleRegistry)).toMatchObject({ bypassed: left });
    expect(
      site.do(seen('door.closed', 'door-back', 2_000), seen('door.opened', 'door-back', 3_000)).detections,
    ).toEqual([]);
    site.do(disarm(4_000), arm(5_000, 'night'));
    expect(site.last.answer?.result).toBe('blocked');
  });

  test('does not leave out what is watched at all times', () => {
    const site = closed();
    site.do(seen('door.opened', 'cabinet-1', 500), disarm(600));
    const { answer } = site.do(arm(1_000, 'night', ['cabinet-1']));
    expect(answer?.result).toBe('blocked');
    expect(answer?.blockedBy[0]?.because).toContain("can't be left out");
  });

  test('knows that a door never heard of is not a closed door, and a silent one neither', () => {
    expect(
      panel()
        .do(arm(1_000, 'night'))
        .answer?.blockedBy.map(({ because }) => because),
    ).toEqual([
      'nobody knows yet whether it is open',
      'nobody knows yet whether it is open',
      'nobody knows yet whether it is open',
    ]);
    const site = closed();
    site.do(seen('device.offline', 'door-back', 500));
    expect(site.do(arm(1_000)).answer?.blockedBy).toMatchObject([{ because: 'it is silent' }]);
  });

  test('ends undone when the door is still open after the exit delay, though everybody has left', () => {
    const site = closed();
    site.do(arm(1_000), seen('door.opened', 'door-front', 20_000));
    const { observations, detections, state } = site.do(time(46_000));
    expect(state).toMatchObject({ mode: 'disarmed', phase: 'settled' });
    expect(observations.map(({ kind }) => kind)).toEqual(['alarm.arming-refused']);
    expect(detections).toMatchObject([{ rule: 'arming-refused', severity: 'high', identities: ['weber'] }]);
  });

  test('never leaves out an open door silently, whatever is open and whatever is asked for', () => {
    const doors = ['door-front', 'door-back', 'cabinet-1'];
    fc.assert(
      fc.property(
        fc.subarray(doors),
        fc.subarray([...doors, 'motion-store', 'siren-1']),
        fc.constantFrom('away' as const, 'night' as const),
        (open, bypass, mode) => {
          const site = closed();
          for (const asset of open) {
            // Without setting off the alarm of a door that is watched at all times.
            if (asset === 'cabinet-1') site.do(seen('tamper.stopped', asset, 5));
            site.do(seen('door.opened', asset, 10));
          }
          if (site.state.phase === 'triggered') site.do(disarm(20));
          const first = site.do(arm(1_000, mode, bypass));
          const final = first.answer?.result === 'arming' ? site.do(time(60_000)) : first;
          const named = new Set(first.answer?.bypassed.map(({ asset }) => asset));
          for (const asset of named) expect(bypass).toContain(asset);
          if (final.state.mode !== 'disarmed') for (const asset of open) expect(named.has(asset)).toBe(true);
          else expect(final.observations.map(({ kind }) => kind)).toContain('alarm.arming-refused');
        },
      ),
    );
  });
});

describe('the alarm', () => {
  test('an entry door starts the entry delay; disarming in time is quiet', () => {
    const site = armedAway();
    const coming = site.do(seen('door.opened', 'door-front', 100_000));
    expect(coming.state).toMatchObject({ phase: 'entry-delay', until: 130_000 });
    expect(actions(coming)).toEqual(['buzzer.on panel-1']);
    expect(site.do(seen('motion.started', 'motion-store', 105_000)).detections).toEqual([]);
    const home = site.do(disarm(110_000));
    expect(home.detections).toEqual([]);
    expect(actions(home)).toEqual(['buzzer.off panel-1']);
    expect(home.observations).toMatchObject([
      { kind: 'alarm.disarmed', facts: { mode: 'away', phase: 'entry-delay' } },
    ]);
  });

  test('nobody disarms: siren with a lifetime, pictures, one detection with what was seen', () => {
    const site = armedAway();
    const opened = seen('door.opened', 'door-front', 100_000);
    const moved = seen('motion.started', 'motion-store', 110_000);
    const { detections, state, ...rest } = site.do(opened, moved, time(131_000));
    const ids = [opened, moved].map((input) => (input.type === 'observation' ? input.observation.id : ''));
    expect(detections).toMatchObject([
      {
        id: `intrusion/panel-1/${sampleSiteId}@130000`,
        rule: 'intrusion',
        severity: 'critical',
        at: 130_000,
        assets: ['door-front', 'motion-store', 'panel-1'],
        evidence: ids,
      },
    ]);
    expect(rest.actions.filter(({ action }) => action === 'siren.on')).toEqual([
      {
        action: 'siren.on',
        asset: 'siren-1',
        reason: detections[0]?.summary,
        lifetimeMs: 10_000,
        issuedBy: 'panel',
        detection: detections[0]?.id,
      },
    ]);
    expect(state.phase).toBe('triggered');
    expect(actions(site.do(time(311_000)))).toEqual(['siren.off siren-1']);
    expect(site.state.phase).toBe('triggered');
  });

  test('a door of the perimeter sets it off at once, with pictures of the cameras there', () => {
    const set = armedAway().do(seen('door.opened', 'door-back', 100_000));
    expect(set.detections).toHaveLength(1);
    expect(actions(set)).toEqual(['siren.on siren-1', 'picture.take camera-store']);
  });

  test('more of it names what came before; the same again is not news while the siren sounds', () => {
    const site = armedAway();
    const first = site.do(seen('door.opened', 'door-back', 100_000)).detections[0];
    const more = site.do(seen('motion.started', 'motion-store', 101_000)).detections;
    expect(more).toMatchObject([{ facts: { follows: first?.id } }]);
    expect(site.do(seen('motion.started', 'motion-store', 102_000)).detections).toEqual([]);
    site.do(time(400_000));
    const later = site.do(seen('motion.started', 'motion-store', 500_000));
    expect(later.detections).toHaveLength(1);
    expect(actions(later)).toContain('siren.on siren-1');
  });

  test('motion inside sets it off away, not at night', () => {
    expect(armedAway().do(seen('motion.started', 'motion-store', 100_000)).detections).toHaveLength(1);
    const night = closed();
    night.do(arm(1_000, 'night'));
    expect(night.do(seen('motion.started', 'motion-store', 100_000)).detections).toEqual([]);
  });

  test('what is watched at all times sets it off disarmed too', () => {
    const set = closed().do(seen('door.opened', 'cabinet-1', 100_000));
    expect(set.detections).toMatchObject([{ rule: 'intrusion', facts: { mode: 'disarmed' } }]);
    expect(set.state).toMatchObject({ mode: 'disarmed', phase: 'triggered' });
  });

  test('tampering with the panel or with a sensor sets it off while armed', () => {
    expect(armedAway().do(seen('tamper.started', 'panel-1', 100_000)).detections).toHaveLength(1);
    expect(armedAway().do(seen('tamper.started', 'door-front', 100_000)).detections).toHaveLength(1);
    expect(closed().do(seen('tamper.started', 'panel-1', 100_000)).detections).toEqual([]);
  });

  test('disarming silences the siren and says so once', () => {
    const site = armedAway();
    site.do(seen('door.opened', 'door-back', 100_000));
    expect(site.do(arm(101_000)).answer?.blockedBy[0]).toMatchObject({
      because: 'the alarm must be disarmed first',
    });
    const off = site.do(disarm(102_000));
    expect(actions(off)).toEqual(['siren.off siren-1']);
    expect(off.observations).toHaveLength(1);
    expect(site.do(disarm(103_000)).observations).toEqual([]);
  });

  test('disarming under threat looks like any other and calls for help', () => {
    const plain = armedAway().do(disarm(100_000));
    const threatened = armedAway().do({ type: 'disarm', by: weber, at: 100_000, duress: true });
    expect({ ...threatened, detections: [] }).toEqual(plain);
    expect(threatened.detections).toMatchObject([
      { rule: 'duress', severity: 'critical', identities: ['weber'] },
    ]);
  });
});

describe('the schedule', () => {
  const at = (text: string) => Date.parse(text);
  const days = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
  const scheduledSettings = armingConfiguration.parse({
    ...configuration,
    schedule: {
      entries: [
        { days, at: '20:00', mode: 'away' },
        { days, at: '07:30', mode: 'disarmed' },
      ],
    },
  });
  const monday = at('2026-11-23T12:00+01:00');
  const shop = () => {
    const site = panel(scheduledSettings, monday);
    for (const asset of ['door-front', 'door-back', 'cabinet-1']) site.do(seen('door.closed', asset, monday));
    return site;
  };

  test('arms and disarms by itself', () => {
    const site = shop();
    const evening = at('2026-11-23T20:00+01:00');
    expect(nextArmingWake(site.state, context)).toBe(evening);
    site.do(time(evening));
    expect(site.state.phase).toBe('exit-delay');
    expect(site.do(time(evening + 45_000)).observations).toMatchObject([
      { kind: 'alarm.armed', facts: { by: 'schedule', from: 'schedule' } },
    ]);
    const morning = site.do(time(at('2026-11-24T07:30+01:00')));
    expect(morning.observations).toMatchObject([{ kind: 'alarm.disarmed', facts: { by: 'schedule' } }]);
  });

  test('that cannot arm says so, tries again, and succeeds once the door is closed', () => {
    const site = shop();
    const evening = at('2026-11-23T20:00+01:00');
    site.do(seen('door.opened', 'door-back', evening - 1_000));
    const refused = site.do(time(evening));
    expect(refused.observations).toMatchObject([{ kind: 'alarm.arming-refused' }]);
    expect(refused.detections).toMatchObject([{ rule: 'arming-refused', severity: 'medium' }]);
    expect(site.do(time(evening + 300_000)).detections).toEqual([]);
    site.do(seen('door.closed', 'door-back', evening + 400_000), time(evening + 600_000));
    expect(site.state).toMatchObject({ mode: 'away', phase: 'exit-delay' });
  });

  test('gives up aloud', () => {
    const site = shop();
    const evening = at('2026-11-23T20:00+01:00');
    site.do(seen('door.opened', 'door-back', evening - 1_000));
    const first = site.do(time(evening)).detections[0];
    const { detections, state } = site.do(time(evening + 6 * 300_000));
    expect(detections).toMatchObject([{ severity: 'high', facts: { follows: first?.id } }]);
    expect(state.retry).toBeUndefined();
  });

  test('after an absence only the last change counts', () => {
    const site = shop();
    const { observations } = site.do(time(at('2026-11-25T21:00+01:00')));
    expect(observations).toEqual([]);
    expect(site.state).toMatchObject({ mode: 'away', phase: 'exit-delay' });
  });

  test('does not end an alarm', () => {
    const site = shop();
    const evening = at('2026-11-23T20:00+01:00');
    site.do(time(evening), time(evening + 45_000), seen('door.opened', 'door-back', evening + 60_000));
    site.do(time(at('2026-11-24T09:00+01:00')));
    expect(site.state).toMatchObject({ mode: 'away', phase: 'triggered' });
  });

  test('that is changed says by whom, from where, and whether the site is protected less', () => {
    const site = shop();
    const by: Actor = { name: 'm.weber', account: 'm.weber', from: 'outside', ip: '203.0.113.9' };
    const { observations, state } = site.do({
      type: 'schedule',
      entries: [
        { days: [...days], at: '23:00', mode: 'away' },
        ...scheduledSettings.schedule.entries.slice(1),
      ],
      by,
      at: monday,
    });
    expect(observations).toMatchObject([
      {
        kind: 'alarm.schedule-changed',
        asset: 'panel-1',
        subjects: { account: 'm.weber' },
        observables: { ip: '203.0.113.9' },
        facts: { from: 'outside', shortens: true, lostMinutes: 900, gainedMinutes: 0 },
      },
    ]);
    expect(state.schedule.changedBy).toBe('m.weber');
    expect(nextArmingWake(state, context)).toBe(at('2026-11-23T23:00+01:00'));
  });
});

test('an asset in two lists is a mistake that is named', () => {
  const result = armingConfiguration.safeParse({ ...configuration, always: ['door-back'] });
  expect(result.error?.issues).toMatchObject([
    { path: ['always', 0], message: '"door-back" is already in perimeter' },
  ]);
});

test('whatever happens in whatever order, what comes out is well formed and time goes on', () => {
  const input = fc.oneof(
    fc.record({
      kind: fc.constantFrom<ObservationKind>(
        'door.opened',
        'door.closed',
        'motion.started',
        'tamper.started',
      ),
      asset: fc.constantFrom('door-front', 'door-back', 'motion-store', 'cabinet-1', 'panel-1'),
    }),
    fc.constantFrom('away' as const, 'night' as const, 'disarm' as const, 'time' as const),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(input, fc.integer({ min: -5_000, max: 120_000 })), { maxLength: 40 }),
      (steps) => {
        const site = panel();
        const ids = new Set<string>();
        let now = 1_000_000;
        for (const [what, stepMs] of steps) {
          now += stepMs;
          const made =
            typeof what === 'object'
              ? site.do(seen(what.kind, what.asset, now))
              : what === 'disarm'
                ? site.do(disarm(now))
                : what === 'time'
                  ? site.do(time(now))
                  : site.do(arm(now, what));
          for (const draft of made.observations) {
            const whole: Observation = {
              ...draft,
              id: 'gateway-1/epoch001/1',
              site: sampleSiteId,
              source: 'gateway',
              receivedAt: now,
              clock: 'set',
            };
            expect(observationSchema.safeParse(whole).error?.issues ?? []).toEqual([]);
          }
          for (const one of made.detections) {
            expect(detection.safeParse(one).error?.issues ?? []).toEqual([]);
            expect(ids.has(one.id)).toBe(false);
            ids.add(one.id);
          }
          const wake = nextArmingWake(site.state, context);
          if (what === 'time' && wake !== undefined) expect(wake).toBeGreaterThan(now);
          if (made.state.phase === 'settled') expect(made.state.until).toBeUndefined();
        }
      },
    ),
    { numRuns: 200 },
  );
});
