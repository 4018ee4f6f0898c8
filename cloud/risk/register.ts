/**
 * The risk register: assets × threats × weaknesses. How often it happens a year, times what it then costs by all that
 * follows; and what each mitigation changes. Pure; the same seed gives the same register.
 */
import { type CascadeQuery, cascade } from '../cascade/cascade.ts';
import { effectWords, type GraphDocument, type Mitigation } from '../cascade/graph.ts';
import { type AssetState, mitigationsInPlace, stateKey } from '../cascade/network.ts';
import type { CascadeReport } from '../cascade/report.ts';
import type { MitigationRow, RiskLevel, RiskRegister, RiskRow } from './report.ts';
import type { Threat, Weakness } from './threat.ts';

export const MAX_ROWS = 5_000;
/** Different things that threats may do to assets; each takes a cascade, and one more a mitigation. */
export const MAX_IMPACTS = 500;
/** Where some of the cascades of one asset can't be gone through: all of them with so many samples, the same ones. */
const SAMPLES = 1_000;
/** Rows told of one mitigation. */
const MAX_CHANGED_ROWS = 20;

/** Fit for a person. */
export class RiskProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RiskProblem';
  }
}

interface Exposure {
  id: string;
  asset: string;
  threat: Threat;
  weakness: Weakness | undefined;
}

export interface RiskQuery {
  seed?: number;
  horizonMs?: number;
  /** How long what happens lasts, in place of what the threats say. */
  lastingMs?: number;
  /** Refused where impacts × sets of mitigations × dependencies are more: others wait for the answer. */
  maxWork?: number;
}

/** @throws RiskProblem where there are more combinations than can be worked out */
export function riskRegister(document: GraphDocument, query: RiskQuery = {}): RiskRegister {
  const exposures = exposuresOf(document);
  const inPlace = mitigationsInPlace(document);
  const variants = [
    { key: 'now', working: inPlace },
    { key: 'none', working: new Set<string>() },
    ...document.mitigations.map(({ id }) => ({ key: `toggled:${id}`, working: toggled(inPlace, id) })),
  ];
  const impacts = impactsOf(document, exposures, variants, query);
  const impactOf = (variant: string, { asset, threat }: Exposure) =>
    impacts.get(`${variant}|${impactKey(asset, threat)}`);
  const annualOf = (variant: string, working: ReadonlySet<string>, exposure: Exposure): number =>
    perYearOf(document, exposure, working) * (impactOf(variant, exposure)?.loss.mean ?? 0);
  const rows = exposures
    .map((exposure) => {
      const now = impactOf('now', exposure);
      const before = impactOf('none', exposure);
      return rowOf(document, exposure, inPlace, now, before);
    })
    .sort((a, b) => b.annual - a.annual || (a.id < b.id ? -1 : 1));
  const mitigations = document.mitigations.map((one) => {
    const other = `toggled:${one.id}`;
    const working = toggled(inPlace, one.id);
    const changes = exposures.map((exposure) => {
      const now = annualOf('now', inPlace, exposure);
      const then = annualOf(other, working, exposure);
      return one.inPlace
        ? { id: exposure.id, without: then, with: now }
        : { id: exposure.id, without: now, with: then };
    });
    return mitigationRow(one, changes);
  });
  return {
    currency: document.currency,
    annual: rows.reduce((sum, { annual }) => sum + annual, 0),
    inherentAnnual: rows.reduce((sum, { inherent }) => sum + inherent.annual, 0),
    rows,
    mitigations: mitigations.sort((a, b) => b.netPerYear - a.netPerYear || (a.id < b.id ? -1 : 1)),
  };
}

function toggled(working: ReadonlySet<string>, id: string): Set<string> {
  const changed = new Set(working);
  if (!changed.delete(id)) changed.add(id);
  return changed;
}

/** Each threat at each of its assets, by each weakness that lets it in. */
function exposuresOf({ threats, weaknesses }: GraphDocument): Exposure[] {
  const exposures = threats.flatMap((threat) =>
    threat.assets.flatMap((asset) => {
      const open = weaknesses.filter((one) => one.asset === asset && one.threats.includes(threat.id));
      const named: Exposure[] = open.map((weakness) => ({
        id: `${asset}/${threat.id}/${weakness.id}`,
        asset,
        threat,
        weakness,
      }));
      if (threat.withoutWeakness > 0)
        named.push({ id: `${asset}/${threat.id}`, asset, threat, weakness: undefined });
      return named;
    }),
  );
  if (exposures.length > MAX_ROWS)
    throw new RiskProblem(
      `${exposures.length} combinations of assets, threats and weaknesses; at most ${MAX_ROWS}`,
    );
  return exposures;
}

/** Times a year that a threat succeeds by one way, under the mitigations that work. */
function perYearOf(document: GraphDocument, exposure: Exposure, working: ReadonlySet<string>): number {
  const { asset, threat, weakness } = exposure;
  const counters = document.mitigations.filter(({ id }) => working.has(id)).flatMap(({ against }) => against);
  const left = (at: Weakness | undefined): number =>
    counters
      .filter(
        (one) =>
          (one.threat === undefined || one.threat === threat.id) &&
          (one.weakness === undefined || one.weakness === at?.id) &&
          (one.asset === undefined || one.asset === asset),
      )
      .reduce((part, { effectiveness }) => part * (1 - effectiveness), 1);
  const easeOf = (at: Weakness | undefined) => (at?.ease ?? threat.withoutWeakness) * left(at);
  const all = [
    undefined,
    ...document.weaknesses.filter((one) => one.asset === asset && one.threats.includes(threat.id)),
  ].map(easeOf);
  const sum = all.reduce((total, ease) => total + ease, 0);
  if (sum === 0) return 0;
  // An attempt succeeds once, however many ways are open to it: each way has its part of that.
  const atAll = 1 - all.reduce((none, ease) => none * (1 - ease), 1);
  return (threat.perYear * atAll * easeOf(weakness)) / sum;
}

/** What happens to an asset, and for how long. */
const impactKey = (asset: string, { effect, lasting }: Threat): string =>
  `${stateKey({ asset, effect })}|${lasting ?? ''}`;

/** What each thing that may happen costs, under each set of mitigations; compared only where counted alike. */
function impactsOf(
  document: GraphDocument,
  exposures: readonly Exposure[],
  variants: readonly { key: string; working: ReadonlySet<string> }[],
  { seed = 1, horizonMs, lastingMs, maxWork = Number.POSITIVE_INFINITY }: RiskQuery,
): Map<string, CascadeReport> {
  const states = new Map<string, AssetState & { lastingMs: number | undefined }>();
  for (const { asset, threat } of exposures)
    states.set(impactKey(asset, threat), {
      asset,
      effect: threat.effect,
      lastingMs: lastingMs ?? threat.lasting,
    });
  if (states.size > MAX_IMPACTS)
    throw new RiskProblem(`threats do ${states.size} different things to assets; at most ${MAX_IMPACTS}`);
  const inPlace = mitigationsInPlace(document);
  const acting = new Set(document.mitigations.filter(({ acts }) => acts.length > 0).map(({ id }) => id));
  // One with nothing in place, one as it is, and one for each mitigation that acts on dependencies.
  const work = states.size * (acting.size + 2) * document.dependencies.length;
  if (work > maxWork)
    throw new RiskProblem('a graph of this size takes too long here; "gatehouse risk" works it out');
  const found = new Map<string, CascadeReport>();
  for (const [key, { lastingMs: itsLastingMs, ...state }] of states) {
    const ask = (working: ReadonlySet<string>, samples?: number): CascadeReport => {
      const query: CascadeQuery = {
        failures: [state],
        changes: [...acting].flatMap((id) =>
          working.has(id) === inPlace.has(id)
            ? []
            : [{ kind: working.has(id) ? ('apply' as const) : ('drop' as const), mitigation: id }],
        ),
        seed,
        samples,
        horizonMs,
        lastingMs: itsLastingMs,
        paths: 1,
        limit: 1,
      };
      return cascade(document, query);
    };
    // Mitigations that only keep threats out leave the cascade as it is.
    const kindOf = (working: ReadonlySet<string>) => [...acting].filter((id) => working.has(id)).join();
    const answer = (samples?: number) => {
      const byKind = new Map<string, CascadeReport>();
      for (const { working } of variants) {
        const kind = kindOf(working);
        if (!byKind.has(kind)) byKind.set(kind, ask(working, samples));
      }
      return byKind;
    };
    let answers = answer();
    if ([...answers.values()].some(({ method }) => method === 'sampled')) answers = answer(SAMPLES);
    for (const { key: variant, working } of variants) {
      const report = answers.get(kindOf(working));
      if (report !== undefined) found.set(`${variant}|${key}`, report);
    }
  }
  return found;
}

function rowOf(
  document: GraphDocument,
  exposure: Exposure,
  inPlace: ReadonlySet<string>,
  now: CascadeReport | undefined,
  before: CascadeReport | undefined,
): RiskRow {
  const { id, asset, threat, weakness } = exposure;
  const name = document.assets.find((one) => one.id === asset)?.name ?? asset;
  const perYear = perYearOf(document, exposure, inPlace);
  const impact = now?.loss.mean ?? 0;
  const inherentPerYear = perYearOf(document, exposure, new Set());
  const inherentImpact = before?.loss.mean ?? 0;
  const likelihood = bandOf(perYear, [0.01, 0.1, 1, 10]);
  const severity = bandOf(impact, [1_000, 10_000, 100_000, 1_000_000]);
  const follows = now?.services[0]?.paths[0]?.words ?? now?.effects[0]?.paths[0]?.words;
  return {
    id,
    asset: { id: asset, name },
    threat: {
      id: threat.id,
      name: threat.name,
      family: threat.family,
      ...(threat.technique === undefined ? {} : { technique: threat.technique }),
    },
    ...(weakness === undefined ? {} : { weakness: { id: weakness.id, name: weakness.name } }),
    effect: threat.effect,
    words: `${name} ${effectWords(document, threat.effect)}`,
    perYear,
    impact,
    impactP90: now?.loss.p90 ?? 0,
    annual: perYear * impact,
    inherent: { perYear: inherentPerYear, impact: inherentImpact, annual: inherentPerYear * inherentImpact },
    likelihood,
    severity,
    level: levelOf(likelihood * severity),
    ...(follows === undefined ? {} : { follows }),
  };
}

/** 1 below the first bound, one more at each. */
const bandOf = (value: number, bounds: readonly number[]): number =>
  1 + bounds.filter((bound) => value >= bound).length;

const levelOf = (product: number): RiskLevel =>
  product >= 16 ? 'critical' : product >= 10 ? 'high' : product >= 5 ? 'medium' : 'low';

function mitigationRow(
  { id, name, inPlace, cost }: Mitigation,
  changes: readonly { id: string; without: number; with: number }[],
): MitigationRow {
  const sum = (of: 'without' | 'with') => changes.reduce((total, one) => total + one[of], 0);
  const without = sum('without');
  const withIt = sum('with');
  const costPerYear = cost.once / cost.years + cost.perYear;
  const benefitPerYear = without - withIt;
  return {
    id,
    name,
    inPlace,
    without,
    with: withIt,
    benefitPerYear,
    costPerYear,
    netPerYear: benefitPerYear - costPerYear,
    ...(costPerYear === 0 ? {} : { ratio: benefitPerYear / costPerYear }),
    rows: changes
      .filter((one) => one.without !== one.with)
      .sort((a, b) => b.without - b.with - (a.without - a.with))
      .slice(0, MAX_CHANGED_ROWS),
  };
}
