/** What the monitors of pages and files have in common: changes of one asset, those that are one put together. */
import { z } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import type { Facts, Observation, ObservationKind } from '../../devices/model/observation.ts';
import { evidenceOf } from '../monitors/episodes.ts';
import type { AnyMonitor, Found, Monitor, MonitorSample } from '../monitors/monitor.ts';

const EVIDENCE = 16;

const configuration = z.strictObject({
  /** Changes of the same thing, on any page, within this time of each other are one. */
  togetherMs: z
    .number()
    .int()
    .min(1_000)
    .default(15 * 60_000),
  /** Report of a deployment this long before or after a change excuse it, where they name its content. */
  announcedMs: z
    .number()
    .int()
    .min(0)
    .default(24 * 3_600_000),
});
type Configuration = z.infer<typeof configuration>;

export interface Change {
  kind: string;
  title: string;
  observes: ObservationKind;
  /** Further than the kind: which of them it is about. */
  concerns(facts: Facts): boolean;
  /** Changes of the same name are one. */
  subject(facts: Facts, observation: Observation): string;
  judge(
    facts: Facts,
    pages: readonly string[],
    changes: readonly Observation[],
  ): { severity: Severity; summary: string } | undefined;
  tactic?: string;
  samples: readonly MonitorSample[];
}

export const textOf = (facts: Facts, name: string): string => {
  const value = facts[name];
  return value === undefined ? '' : String(value);
};

/** `checkout` and 2 other pages. */
export function pagesText(pages: readonly string[]): string {
  const [first = 'a page', ...others] = pages;
  return others.length === 0
    ? first
    : `${first} and ${others.length} other page${others.length === 1 ? '' : 's'}`;
}

/** Puts together what is one change and asks `change.judge` what it amounts to. */
export function changeMonitor(change: Change): AnyMonitor {
  const monitor: Monitor<Configuration> = {
    kind: change.kind,
    title: change.title,
    configuration,
    observes: change.observes === 'file.changed' ? ['file.changed'] : [change.observes, 'file.changed'],
    keys(observation) {
      return [observation.asset];
    },
    rememberMs: ({ togetherMs, announcedMs }) => togetherMs + announcedMs + 24 * 3_600_000,
    judge({ observations }, { togetherMs, announcedMs }) {
      const announced = observations.filter(
        ({ kind, facts, source }) =>
          kind === 'file.changed' && facts?.expected === true && !source.startsWith('integrity:'),
      );
      const isExcused = ({ observables, observedAt, facts }: Observation): boolean =>
        facts?.announced === true ||
        facts?.expected === true ||
        (facts?.own !== false &&
          facts?.newOrigin !== true &&
          observables?.hash !== undefined &&
          announced.some(
            (one) =>
              one.observables?.hash === observables.hash &&
              Math.abs(one.observedAt - observedAt) <= announcedMs,
          ));
      const concerned = observations.filter(
        (one) =>
          one.kind === change.observes &&
          one.source.startsWith('integrity:') &&
          change.concerns(one.facts ?? {}) &&
          !isExcused(one),
      );
      const bySubject = Map.groupBy(concerned, (one) => change.subject(one.facts ?? {}, one));
      return [...bySubject.values()].flatMap((changes) =>
        runsOf(changes, togetherMs).flatMap((run) => foundOf(change, run) ?? []),
      );
    },
    samples: change.samples,
  };
  return {
    ...monitor,
    rememberMs: (settings) => monitor.rememberMs(configuration.parse(settings)),
    judge: (course, settings, registry) => monitor.judge(course, configuration.parse(settings), registry),
  };
}

/** Splits at pauses. */
function runsOf(changes: readonly Observation[], pauseMs: number): Observation[][] {
  const runs: Observation[][] = [];
  for (const one of changes) {
    const last = runs.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && one.observedAt - before.observedAt <= pauseMs)
      last.push(one);
    else runs.push([one]);
  }
  return runs;
}

function foundOf(change: Change, changes: readonly Observation[]): Found | undefined {
  const first = changes[0];
  if (first === undefined) return undefined;
  const facts = changes.find((one) => one.facts?.payment === true)?.facts ?? first.facts ?? {};
  const pages = [...new Set(changes.flatMap((one) => one.facts?.page ?? []))].map(String).sort();
  const judged = change.judge(facts, pages, changes);
  if (judged === undefined) return undefined;
  const { announced: _, ...told } = facts;
  return {
    anchor: first.id,
    at: first.observedAt,
    severity: judged.severity,
    summary: judged.summary.slice(0, 1_000),
    assets: [first.asset],
    identities: [],
    observables: first.observables ?? {},
    facts: { ...told, ...(pages.length > 1 ? { pages: pages.length } : {}) },
    evidence: evidenceOf(changes, EVIDENCE),
    ...(change.tactic === undefined ? {} : { tactic: change.tactic }),
    count: changes.length,
  };
}

/** Whether it is about a page on which is paid. */
export const isOfPayment = (facts: Facts): boolean => facts.payment === true;
