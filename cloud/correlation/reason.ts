import type { Registry } from '../../devices/model/registry.ts';
import type { Mark, Traits } from './memory.ts';
import type { Tie } from './tie.ts';
import { howNamed, learnedReasons } from './via.ts';
import {
  apartText,
  capitalised,
  guardFate,
  happening,
  spanText,
  theName,
  theObservable,
  thePlace,
} from './wording.ts';

/** The reason for one tie in one English sentence (without the full stop). */
export function reasonOf(tie: Tie, early: Traits, late: Traits, apartMs: number, registry: Registry): string {
  const apart = apartText(apartMs);
  const zone = (id: string | undefined) => theName(registry.zone(id ?? '')?.name ?? `zone ${id ?? ''}`);
  const { early: a, late: b } = tie;
  switch (tie.kind) {
    case 'repeat':
      return `the same rule reported the same thing again ${apartMs < 500 ? 'at the same moment' : `${spanText(apartMs)} later`}`;
    case 'identity':
    case 'observable':
      return markReason(tie, early, late, apartMs, registry);
    case 'asset':
      if (a === undefined) return '';
      return tie.isHub === true
        ? `both concern ${thePlace(a)}, where everybody meets`
        : `both concern ${thePlace(a)}, ${apart}`;
    case 'guards': {
      if (a === undefined || b === undefined) return '';
      const first = a.guards.has(b.id);
      const [guard, guarded, theme] = first ? [a, b, early.theme] : [b, a, late.theme];
      const when =
        apartMs < 500 ? 'at the same moment' : `${spanText(apartMs)} ${first ? 'before' : 'later'}`;
      return `${thePlace(guard)}, which guards ${thePlace(guarded)}, ${guardFate(theme.name)} ${when}`;
    }
    case 'hosted-on': {
      if (a === undefined || b === undefined) return '';
      if (a.id !== a.host && b.id !== b.host)
        return `${thePlace(a)} and ${thePlace(b)} share one host, ${apart}`;
      const [on, host] = a.id === a.host ? [b, a] : [a, b];
      return `${thePlace(on)} is built into or runs on ${thePlace(host)}, ${apart}`;
    }
    case 'depends-on': {
      if (a === undefined || b === undefined) return '';
      const [needs, needed] = a.dependsOn.has(b.id) ? [a, b] : [b, a];
      return `${thePlace(needs)} depends on ${thePlace(needed)}, ${apart}`;
    }
    case 'zone':
      return `both happened in ${zone(tie.on[0])}, ${apart}`;
    case 'adjacent-zone':
      return `${zone(tie.on[0])} touches ${zone(tie.on[1])}, ${apart}`;
    case 'sequence':
      return `${happening(late.theme.name, late.rule)} is a usual step after ${happening(early.theme.name, early.rule)}`;
    case 'rarity':
      return `${happening(early.theme.name, early.rule)} and ${happening(late.theme.name, late.rule)} are both rare here (seen in one hour of ${2 ** (early.bits ?? 0)} and of ${2 ** (late.bits ?? 0)}), and came ${apart}`;
    case 'decision':
      return 'a person put the two together';
  }
}

function markReason(tie: Tie, early: Traits, late: Traits, apartMs: number, registry: Registry): string {
  const [i, j] = tie.marks ?? [0, 0];
  const mark = early.marks[i];
  if (mark === undefined) return '';
  if (tie.isHub === true) return `both name ${called(mark)}, which many share`;
  if (mark.class !== 'identity') return `both name ${called(mark)}, ${apartText(apartMs)}`;
  const name = called(mark);
  const [one, other] = [early.via[i], late.via[j]];
  const rests = learnedReasons(one, other, registry);
  const said = personReason(name, new Set([howNamed(one), howNamed(other)]), apartMs);
  return rests.length === 0 ? said : `${said} (${rests.join('; ')})`;
}

function personReason(name: string, via: ReadonlySet<string | undefined>, apartMs: number): string {
  if (via.has('use')) return `both concern ${name}, ${apartText(apartMs)}`;
  if (via.has('badge') && via.has('account')) return `the badge and the account both belong to ${name}`;
  if (via.has('account') && via.size === 1) return `both name the account of ${name}, ${apartText(apartMs)}`;
  if (via.has('badge') && via.size === 1) return `both name the badge of ${name}, ${apartText(apartMs)}`;
  return `both name ${name}, ${apartText(apartMs)}`;
}

const called = ({ class: of, value, person }: Mark): string =>
  of === 'identity' ? (person?.name ?? `"${value}"`) : theObservable(of, value);

/** As a sentence of its own. */
export const sentence = (reason: string): string => `${capitalised(reason)}.`;
