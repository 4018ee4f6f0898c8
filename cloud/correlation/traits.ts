import type { Detection } from '../../devices/model/detection.ts';
import { type Head, Traits } from './memory.ts';
import { compareText } from './order.ts';

/** What the correlator reads of a detection. */
export type Correlated = Pick<
  Detection,
  'id' | 'at' | 'rule' | 'severity' | 'source' | 'assets' | 'identities' | 'observables'
> &
  Partial<Pick<Detection, 'site' | 'tactic'>>;

/** Of no rule at all. */
export const NO_HEAD: Head = {
  number: -1,
  rule: '',
  severity: 'info',
  rank: 0,
  tactic: undefined,
  site: undefined,
  theme: { name: 'other' },
  faintness: 'info',
  placed: false,
  habit: undefined,
};

/** Of nothing at all. */
export const NO_TRAITS = new Traits(NO_HEAD, [], [], []);

/** An order of traits that does not depend on what came first. */
export function compareTraits(a: Traits, b: Traits): number {
  return a === b ? 0 : compareText(textOf(a), textOf(b));
}

const textOf = ({ head, places, marks, via }: Traits): string =>
  JSON.stringify([
    head.rule,
    head.severity,
    head.tactic ?? '',
    head.site ?? '',
    places.map(({ id }) => id),
    marks.map((mark) => [mark.class, mark.value]),
    via,
  ]);
