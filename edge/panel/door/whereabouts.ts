/** In which zone each person is, as far as their badge tells: what anti-passback rests on. */
import { z } from 'zod';
import type { Registry } from '../../../devices/model/registry.ts';
import type { AccessConfiguration } from './configuration.ts';

/** People whose whereabouts are remembered; the longest unseen is forgotten first. */
const MAX_PEOPLE = 10_000;

export const whereabouts = z.record(z.string(), z.object({ zone: z.string(), at: z.number() }));
export type Whereabouts = z.infer<typeof whereabouts>;

/** The two sides of a door for somebody who presents a badge at this reader. */
export interface Passing {
  from: string | undefined;
  to: string | undefined;
}

/** A reader stands in the zone that one comes from, and the door leads into the other. */
export function passingAt(
  reader: string,
  door: string,
  { readers }: AccessConfiguration,
  registry: Registry,
): Passing {
  const to = readers.find((entry) => entry.reader === reader)?.enters;
  const [one, other] = registry.asset(door)?.connects ?? [];
  const standsIn = registry.asset(reader)?.zone;
  const farSide = standsIn === one ? other : standsIn === other ? one : undefined;
  const entered = to ?? (standsIn === undefined ? undefined : farSide);
  const left =
    entered === undefined ? undefined : entered === one ? other : entered === other ? one : standsIn;
  return { from: left, to: entered };
}

/**
 * What the badge's last passage says of this one. `passed-back`: it is inside already, so somebody else came in with
 * it. `came-otherwise`: it was last seen elsewhere, so its holder has gone through some door behind somebody else.
 */
export function contradiction(
  known: Whereabouts,
  person: string,
  { from, to }: Passing,
  at: number,
  whereaboutsMs: number,
): 'passed-back' | 'came-otherwise' | undefined {
  const last = known[person];
  if (last === undefined || to === undefined || at - last.at > whereaboutsMs || at < last.at)
    return undefined;
  if (last.zone === to) return 'passed-back';
  return from !== undefined && last.zone !== from ? 'came-otherwise' : undefined;
}

/** The person has passed. */
export function moved(known: Whereabouts, person: string, zone: string, at: number): Whereabouts {
  const { [person]: _before, ...others } = known;
  const kept = Object.entries(others);
  const room =
    kept.length < MAX_PEOPLE ? kept : kept.sort(([, a], [, b]) => b.at - a.at).slice(0, MAX_PEOPLE - 1);
  return { ...Object.fromEntries(room), [person]: { zone, at } };
}
