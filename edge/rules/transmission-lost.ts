import { z } from 'zod';
import type { RuleKind } from './rule.ts';

const configuration = z.strictObject({});
type Configuration = z.infer<typeof configuration>;

const state = z.object({ since: z.number() });
type State = z.infer<typeof state>;

/** A line to the monitoring station does not answer: whoever cuts it does so before they come. */
export const transmissionLost: RuleKind<Configuration, State | null> = {
  kind: 'transmission-lost',
  title: 'Monitoring station not reached',
  instruction:
    'Call the monitoring station and ask whether it hears this site. Look at the router and its cable: a line that was cut is often the first step.',
  configuration,
  state: state.nullable(),
  observes: ['transmission.failed', 'transmission.restored'],
  fits: () => true,
  initial: () => null,

  key: ({ facts }) => (typeof facts?.line === 'string' ? facts.line.slice(0, 128) : undefined),

  step(before, { id, kind, asset, observedAt, facts }, line, _settings, { armingMode }) {
    if (kind === 'transmission.restored')
      return before && observedAt >= before.since ? { state: undefined } : undefined;
    if (before) return undefined;
    const because = typeof facts?.because === 'string' ? ` (${facts.because})` : '';
    return {
      state: { since: observedAt },
      findings: [
        {
          severity: armingMode === 'disarmed' ? 'medium' : 'high',
          summary: `The monitoring station is not reached over ${line}${because}: alarms can't go this way.`,
          assets: [asset],
          facts: { line, armingMode },
          evidence: [id],
          tactic: 'TA0005',
        },
      ],
    };
  },

  active: (running) => running !== null,

  samples: [
    {
      name: 'a line that fails, once for all its reports, and again after it was back',
      observations: [
        {
          kind: 'transmission.failed',
          asset: 'panel-1',
          observedAt: 1_000,
          facts: { line: 'a:5000', because: 'refused' },
        },
        {
          kind: 'transmission.failed',
          asset: 'panel-1',
          observedAt: 2_000,
          facts: { line: 'a:5000', because: 'refused' },
        },
        {
          kind: 'transmission.restored',
          asset: 'panel-1',
          observedAt: 3_000,
          facts: { line: 'a:5000', because: '' },
        },
        {
          kind: 'transmission.failed',
          asset: 'panel-1',
          observedAt: 4_000,
          facts: { line: 'a:5000', because: 'refused' },
        },
      ],
      expect: [
        { at: 1_000, severity: 'medium', asset: 'panel-1' },
        { at: 4_000, severity: 'medium', asset: 'panel-1' },
      ],
    },
    {
      name: 'each line for itself, and worse while armed',
      context: { armingMode: 'away' },
      observations: [
        {
          kind: 'transmission.failed',
          asset: 'panel-1',
          observedAt: 1_000,
          facts: { line: 'a:5000', because: 'silent' },
        },
        {
          kind: 'transmission.failed',
          asset: 'panel-1',
          observedAt: 2_000,
          facts: { line: 'b:5000', because: 'silent' },
        },
      ],
      expect: [
        { at: 1_000, severity: 'high', asset: 'panel-1' },
        { at: 2_000, severity: 'high', asset: 'panel-1' },
      ],
    },
    {
      name: 'a line that works again and was never said to have failed',
      observations: [
        {
          kind: 'transmission.restored',
          asset: 'panel-1',
          observedAt: 1_000,
          facts: { line: 'a:5000', because: '' },
        },
      ],
      expect: [],
    },
  ],
};
