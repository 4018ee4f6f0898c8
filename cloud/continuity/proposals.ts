/** Which plans an incident calls for, why, and how long there is left. Pure. */
import type { Asset } from '../../devices/model/asset.ts';
import type { Detection } from '../../devices/model/detection.ts';
import { cascade } from '../cascade/cascade.ts';
import { effectWords, type GraphDocument } from '../cascade/graph.ts';
import { type Happened, happenedIn } from '../cascade/incident.ts';
import type { When } from '../cascade/report.ts';
import { MAX_DURATION_MS } from '../cascade/spread.ts';
import type { Plan } from './plan.ts';

/** Things that have happened that are reckoned with, the first ones. */
const MAX_HAPPENED = 200;
const MAX_EFFECTS = 1_000;
const MAX_REASONS = 4;

export interface Proposal {
  plan: string;
  /** `failed`: what it protects has failed; `predicted`: it will; `named`: a rule of the plan has spoken. */
  state: 'failed' | 'predicted' | 'named';
  /** The recorded moment of failure. */
  failedAt?: number;
  /** When it is expected to fail: the middle of the outcomes in which it does, and the early tenth. */
  failsAt?: { early: number; middle: number };
  /** 0 to 1, of `failsAt`. */
  chance?: number;
  because: string[];
}

/** What an incident has broken, and what it is expected to break. */
export interface Outlook {
  happened: readonly Happened[];
  /** Times are ms since 1970. */
  expected: readonly { of: string; words: string; chance: number; early: number; middle: number }[];
}

const MINUTE_MS = 60_000;
const expectedOf = (of: string, words: string, chance: number, since: number, { p10, p50 }: When) => ({
  of,
  words,
  chance,
  // The prediction is no finer than minutes.
  early: since + Math.round(p10 / MINUTE_MS) * MINUTE_MS,
  middle: since + Math.round(p50 / MINUTE_MS) * MINUTE_MS,
});

/** Works out the cascade of an incident's detections, without its paths. */
export function outlookOf(
  detections: readonly Detection[],
  assetOf: (id: string) => Asset | undefined,
  graph: GraphDocument,
): Outlook {
  const happened = happenedIn(detections, assetOf).slice(0, MAX_HAPPENED);
  const [first] = happened;
  if (first === undefined) return { happened, expected: [] };
  const since = first.at;
  const lastMs = (happened.at(-1)?.at ?? since) - since;
  const { effects, services } = cascade(graph, {
    failures: happened.map(({ asset, effect, at }) => ({ asset, effect, atMs: at - since })),
    horizonMs: Math.min(MAX_DURATION_MS, graph.horizon + lastMs),
    limit: MAX_EFFECTS,
    paths: 0,
  });
  return {
    happened,
    expected: [
      ...effects.map(({ asset, words, chance, afterMs }) =>
        expectedOf(`asset:${asset}`, words, chance, since, afterMs),
      ),
      ...services.map(({ id, name, chance, afterMs }) =>
        expectedOf(`service:${id}`, `${name} earns less`, chance, since, afterMs),
      ),
    ],
  };
}

const speaks = (trigger: string, rule: string): boolean => rule === trigger || rule.startsWith(`${trigger}:`);

/** Plans that an incident calls for: what has failed first, then what fails soonest. */
export function proposalsFor(
  plans: readonly Plan[],
  detections: readonly Pick<Detection, 'rule' | 'site' | 'assets' | 'summary' | 'at'>[],
  outlook: Outlook,
  { assetOf, graph }: { assetOf(id: string): Pick<Asset, 'name' | 'site'> | undefined; graph: GraphDocument },
): Proposal[] {
  const found = plans.flatMap(({ id, content, retired }): Proposal[] => {
    if (retired !== undefined) return [];
    const { assets, services, triggers, site } = content;
    const failed = triggers.failing ? outlook.happened.filter(({ asset }) => assets.includes(asset)) : [];
    const named = detections.filter(
      (one) =>
        (one.site === site || one.assets.some((asset) => assetOf(asset)?.site === site)) &&
        triggers.rules.some((rule) => speaks(rule, one.rule)),
    );
    const from = triggers.predictedFrom;
    const wanted = new Set([
      ...assets.map((asset) => `asset:${asset}`),
      ...services.map((service) => `service:${service}`),
    ]);
    const gone = new Set(failed.map(({ asset }) => `asset:${asset}`));
    const expected =
      from === undefined
        ? []
        : outlook.expected
            .filter(({ of, chance }) => chance >= from && wanted.has(of) && !gone.has(of))
            .sort((a, b) => a.middle - b.middle || b.chance - a.chance);
    const [soonest] = expected;
    if (failed.length + named.length === 0 && soonest === undefined) return [];
    const because = [
      ...failed.map(
        ({ asset, effect }) =>
          `${assetOf(asset)?.name ?? asset} ${effectWords(graph, effect)}: it has happened.`,
      ),
      ...expected.map(({ words, chance }) => `${words}: expected with ${Math.round(chance * 100)} %.`),
      ...new Set(named.map(({ summary }) => summary)),
    ];
    return [
      {
        plan: id,
        state: failed.length > 0 ? 'failed' : soonest === undefined ? 'named' : 'predicted',
        ...(failed.length === 0 ? {} : { failedAt: Math.min(...failed.map(({ at }) => at)) }),
        ...(soonest === undefined
          ? {}
          : { failsAt: { early: soonest.early, middle: soonest.middle }, chance: soonest.chance }),
        because: [...new Set(because)].slice(0, MAX_REASONS),
      },
    ];
  });
  const order = { failed: 0, predicted: 1, named: 2 };
  return found.sort(
    (a, b) =>
      order[a.state] - order[b.state] ||
      (a.failsAt?.middle ?? Number.MAX_SAFE_INTEGER) - (b.failsAt?.middle ?? Number.MAX_SAFE_INTEGER) ||
      (a.plan < b.plan ? -1 : 1),
  );
}
