import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import { type ObservationKind, observationKinds } from '../../devices/model/observation.ts';
import { ALERT_SCORE } from './anomaly/detector.ts';
import { anomalyFinding, rankOf, takenBack } from './anomaly/measured-rule.ts';
import { MessageRate } from './anomaly/message-rate.ts';
import { FIVE_MINUTES, officeReadings, onOffice, quietDay } from './anomaly/sample-series.ts';
import type { RuleKind } from './rule.ts';

const configuration = z.strictObject({
  /** Unusual no more for this long: it is over. */
  calmMs: durationMs.min(1_000).default(3_600_000),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  snapshot: z.string().max(2_000),
  said: z.object({ at: z.number(), rank: z.number() }).optional(),
});
type State = z.infer<typeof state>;

/** What a device at a site can say. */
const spoken = Object.entries(observationKinds).flatMap(([kind, world]) =>
  world === 'physical' ? [kind as ObservationKind] : [],
);

/** A device speaks more often than it ever did, or says what it never said: see anomaly/message-rate.ts. */
export const unusualTraffic: RuleKind<Configuration, State | null> = {
  kind: 'unusual-traffic',
  title: 'Device talks differently',
  instruction:
    'A device that suddenly talks differently may be broken, newly set up, or in other hands. If nobody has worked on it, take it off the network and call the security desk.',
  configuration,
  state: state.nullable(),
  observes: spoken,
  fits: () => false,
  initial: () => null,

  step(before, { kind, observedAt: at, source, id }, key, { calmMs }, context) {
    const detector = takenBack(before?.snapshot ?? '', () => new MessageRate(), MessageRate.restored);
    const score = detector.message(at, `${kind} from ${source}`);
    const snapshot = detector.snapshot();
    const said = before?.said;
    const explanation = detector.explanation();
    if (score < ALERT_SCORE || explanation === undefined)
      return { state: { snapshot, ...(said && { said }) }, wakeAt: said && said.at + calmMs };
    const rank = rankOf(score);
    const isNews = said === undefined || rank > said.rank;
    return {
      state: { snapshot, said: { at, rank: Math.max(rank, said?.rank ?? 0) } },
      wakeAt: at + calmMs,
      findings: isNews
        ? [
            {
              ...anomalyFinding(key, id, score, explanation, 'messages', context, said !== undefined),
              tactic: 'TA0011',
            },
          ]
        : [],
    };
  },

  wake(before, _key, { calmMs }, { now }) {
    if (before?.said === undefined) return undefined;
    const calmAt = before.said.at + calmMs;
    return now < calmAt ? { state: before, wakeAt: calmAt } : { state: { snapshot: before.snapshot } };
  },

  active: (kept) => kept?.said !== undefined,

  samples: [
    {
      name: 'a thermometer that opens doors',
      configuration: onOffice,
      observations: [
        ...officeReadings(300, FIVE_MINUTES, quietDay),
        { kind: 'door.opened', asset: 'sensor-office', observedAt: 300 * FIVE_MINUTES },
      ],
      expect: [{ at: 300 * FIVE_MINUTES, severity: 'low', asset: 'sensor-office' }],
    },
    {
      name: 'fifty messages in a minute where there was one in five',
      configuration: onOffice,
      observations: [
        ...officeReadings(300, FIVE_MINUTES, quietDay),
        ...officeReadings(50, 1_000, quietDay).map((reading) => ({
          ...reading,
          observedAt: reading.observedAt + 300 * FIVE_MINUTES,
        })),
      ],
      expect: [
        { at: 300 * FIVE_MINUTES + 9_000, severity: 'low', asset: 'sensor-office' },
        { at: 300 * FIVE_MINUTES + 22_000, severity: 'medium', asset: 'sensor-office' },
      ],
    },
    {
      name: 'one reading every five minutes',
      configuration: onOffice,
      observations: officeReadings(400, FIVE_MINUTES, quietDay),
      expect: [],
    },
  ],
};
