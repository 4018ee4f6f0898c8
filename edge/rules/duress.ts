import { z } from 'zod';
import type { RuleKind } from './rule.ts';
import { nameOf } from './wording.ts';

const configuration = z.strictObject({});
type Configuration = z.infer<typeof configuration>;

/**
 * A door's own controller says that somebody acts under threat. Of the same name as the panel's alarm: the page of the
 * site, which the one who threatens may see, shows neither.
 */
export const duress: RuleKind<Configuration, null> = {
  kind: 'duress',
  title: 'Somebody acts under threat',
  instruction: 'Do not call the site and do not let anything be noticed there. Call the police at once.',
  configuration,
  state: z.null(),
  observes: ['duress.signalled'],
  fits: () => true,
  initial: () => null,

  step(_before, { id, facts }, key, _settings, { registry }) {
    const credential = facts?.credential;
    return {
      state: undefined,
      findings: [
        {
          severity: 'critical',
          summary: `Somebody at ${nameOf(key, registry)} acts under threat.`,
          assets: [key],
          facts: typeof credential === 'string' ? { credential } : {},
          evidence: [id],
        },
      ],
    };
  },

  samples: [
    {
      name: 'a code of duress at a door with its own controller',
      observations: [{ kind: 'duress.signalled', asset: 'door-back', observedAt: 5_000 }],
      expect: [{ at: 5_000, severity: 'critical', asset: 'door-back' }],
    },
    { name: 'nobody threatens anybody', observations: [], expect: [] },
  ],
};
