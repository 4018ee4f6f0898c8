/** Policy compliance: how each control of four standards stands, and what says so. */
import type { PolicyState } from '../policy/policies.ts';
import type { Check, ControlState } from './check.ts';
import { type Control, type Standard, standards } from './controls.ts';
import { at, percent, type ReportParts, type ReportScope } from './evidence-reader.ts';
import { houseChecks } from './house-checks.ts';
import { type Cell, type Section, tableOf } from './report.ts';

const stateWords: Readonly<Record<ControlState, string>> = {
  met: 'met',
  violated: 'not met',
  'no-data': 'no data',
  'not-covered': 'not covered',
};

export interface JudgedControl {
  standard: string;
  control: Control;
  state: ControlState;
  evidence: string[];
}

/** Whether a policy speaks for a control of a standard. Pure. */
export function speaksFor(
  { serves }: Pick<PolicyState, 'serves'>,
  { named }: Standard,
  { sections }: Control,
): boolean {
  return serves.some(({ standard, section }) => {
    const name = standard.toLowerCase();
    const part = section.toLowerCase();
    return (
      named.some((one) => name.startsWith(one)) && sections.some((one) => begins(part, one.toLowerCase()))
    );
  });
}

/** `art. 21(2)` does not begin `art. 21(2)(c)`, nor `4.2` `4.21`: but `4.2` begins `4.2.1.1`. */
const begins = (section: string, wanted: string): boolean =>
  section.startsWith(wanted) && (/[.,\s]$/.test(wanted) || !/^[\d(a-z]/.test(section.slice(wanted.length)));

/** One that is broken outweighs all that are kept; what says nothing does not count beside what does. Pure. */
export function stateOf(states: readonly ControlState[]): ControlState {
  for (const one of ['violated', 'met', 'no-data'] as const) if (states.includes(one)) return one;
  return 'not-covered';
}

const policyState: Readonly<Record<PolicyState['state'], Check['state'] | undefined>> = {
  met: 'met',
  violated: 'violated',
  'no-data': 'no-data',
  'not-applicable': undefined,
  'switched-off': undefined,
};

export function judgedControls(parts: ReportParts, scope: ReportScope): JudgedControl[] {
  const checks = houseChecks(parts, scope);
  const policies = parts.policies();
  return standards.flatMap((standard) =>
    standard.controls.map((control): JudgedControl => {
      const own = policies.filter((policy) => speaksFor(policy, standard, control));
      const told = own.flatMap((policy) => {
        const state = policyState[policy.state];
        return state === undefined ? [] : [{ state, evidence: policyText(policy, scope) }];
      });
      const all = [...control.checks.map((name) => checks[name]), ...told];
      return {
        standard: standard.name,
        control,
        state: stateOf(all.map(({ state }) => state)),
        evidence: all.map(({ evidence }) => evidence),
      };
    }),
  );
}

const policyText = ({ title, state, since, breaches }: PolicyState, scope: ReportScope): string =>
  state === 'violated'
    ? `Policy “${title}”: broken${since === undefined ? '' : ` since ${at(since, scope)}`}, ${breaches.length} open.`
    : `Policy “${title}”: ${state === 'met' ? 'kept' : 'no data'}.`;

export function complianceSections(parts: ReportParts, scope: ReportScope): Section[] {
  const all = judgedControls(parts, scope);
  const count = (state: ControlState, of = all) => of.filter((one) => one.state === state).length;
  const judged = count('met') + count('violated');
  return [
    {
      heading: 'In short',
      blocks: [
        {
          type: 'figures',
          items: [
            {
              label: 'Met',
              value: `${count('met')}`,
              note: `${percent(count('met'), judged)} of ${judged} judged`,
              tone: 'good',
            },
            {
              label: 'Not met',
              value: `${count('violated')}`,
              tone: count('violated') === 0 ? 'good' : 'critical',
            },
            { label: 'No data', value: `${count('no-data')}`, tone: 'warning' },
            { label: 'Not covered', value: `${count('not-covered')}`, note: 'by what Gatehouse sees here' },
          ],
        },
        {
          type: 'text',
          text: 'This says how the evidence stands that Gatehouse has: the policies as they stand now, the rest over the period. Whether it is enough for a standard is for an auditor to say. Controls that are not listed cannot be judged from here.',
        },
        {
          type: 'bars',
          title: 'Controls met, by standard',
          unit: '%',
          bars: standards.map(({ name }) => {
            const own = all.filter(({ standard }) => standard === name);
            const known = count('met', own) + count('violated', own);
            return {
              label: name,
              value: known === 0 ? 0 : Math.round((100 * count('met', own)) / known),
              tone: count('violated', own) > 0 ? ('warning' as const) : ('good' as const),
            };
          }),
        },
      ],
    },
    ...standards.map(({ name }, index) => ({
      heading: name,
      blocks: [
        tableOf(
          `control_${index + 1}`,
          [
            { name: 'standard', title: 'Standard', width: 1.2 },
            { name: 'control', title: 'Control', width: 0.9 },
            { name: 'about', title: 'About', width: 1.8 },
            { name: 'state', title: 'State', width: 0.8 },
            { name: 'evidence', title: 'Evidence', width: 4 },
          ],
          all
            .filter(({ standard }) => standard === name)
            .map(({ standard, control, state, evidence }): Cell[] => [
              standard.split(/[,(]/)[0]?.trim() ?? standard,
              control.id,
              control.title,
              stateWords[state],
              evidence.join(' ') || 'Nothing here speaks for it.',
            ]),
        ),
      ],
    })),
  ];
}
