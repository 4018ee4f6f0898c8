/** How a finding about a device is put: whom it names, and how its parts are put in order. */
import type { Severity } from '../../devices/model/detection.ts';
import type { Found } from '../monitors/monitor.ts';
import type { Party } from './directory.ts';
import type { DeviceMemory } from './memory.ts';
import type { CommunicationSettings } from './settings.ts';

/** Observations that a finding names at most. */
export const MAX_EVIDENCE = 16;
const MAX_ASSETS = 8;

export const learnedAt = ({ first }: DeviceMemory, { learningMs }: CommunicationSettings): number =>
  first.at + learningMs;

export interface About {
  anchor: string;
  at: number;
  severity: Severity;
  summary: string;
  facts: NonNullable<Found['facts']>;
  evidence: string[];
  tactic: string;
  count: number;
  /** The other end, where it is one. */
  other?: string | undefined;
  domain?: string;
  /** Others of ours that it concerns. */
  parties?: readonly Party[];
}

/** The detection names the device, and the other end by its address where it lies outside: that joins incidents. */
export function found(memory: DeviceMemory, about: About): Found {
  const { party, site } = memory;
  const { other, domain, parties = [], evidence, ...rest } = about;
  // Of a machine that nobody knows it is known which network it stands in.
  const assets = [party, ...parties].flatMap(({ asset, intrudesOn }) => (asset ?? intrudesOn)?.id ?? []);
  return {
    ...rest,
    summary: about.summary.slice(0, 1_000),
    assets: [...new Set(assets)].slice(0, MAX_ASSETS),
    site,
    identities: [],
    observables: {
      ip: other ?? party.address,
      ...(other === undefined ? {} : { 'source-ip': party.address }),
      ...(domain === undefined ? {} : { domain }),
    },
    evidence: [...new Set(evidence)].slice(0, MAX_EVIDENCE),
  };
}

/** In order of time. */
export const inOrder = (a: { at: number; id: string }, b: { at: number; id: string }) =>
  a.at - b.at || (a.id < b.id ? -1 : 1);

/** Runs of slots without a pause longer than that. */
export function* runsOf<Slot>(
  slots: ReadonlyMap<number, Slot>,
  mostApart: number,
): Iterable<[[number, Slot], ...[number, Slot][]]> {
  let run: [[number, Slot], ...[number, Slot][]] | undefined;
  for (const slot of [...slots].sort(([a], [b]) => a - b)) {
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && slot[0] - last[0] <= mostApart) run.push(slot);
    else {
      if (run !== undefined) yield run;
      run = [slot];
    }
  }
  if (run !== undefined) yield run;
}

/** The port as a fact, where it is known. */
export const portFact = ({ port }: { port?: number | undefined }) => (port === undefined ? {} : { port });
