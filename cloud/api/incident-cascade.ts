import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { cascade, whatIf } from '../cascade/cascade.ts';
import { effectWords, type GraphDocument } from '../cascade/graph.ts';
import { type Happened, happenedIn } from '../cascade/incident.ts';
import type { CascadeReport } from '../cascade/report.ts';
import { moneyText } from '../cascade/report-text.ts';
import { durationText, MAX_DURATION_MS } from '../cascade/spread.ts';
import { withAddressed } from '../registry/inside-addresses.ts';
import type { Store } from '../store/store.ts';
import type { IncidentCascade } from './contract.ts';
import { namedAsset } from './incident-summary.ts';

/** Detections that are looked at, the first of an incident. */
const MAX_DETECTIONS = 5_000;
/** Things that have happened that are reckoned with, the first ones. */
const MAX_HAPPENED = 200;
/** Effects told on the page. */
const MAX_EFFECTS = 50;
/** Mitigations tried out, and those told. */
const MAX_TRIED = 12;
const MAX_HELPS = 3;
/** In a larger graph none is tried out: everybody else waits for the answer. */
const MAX_TRIED_DEPENDENCIES = 5_000;
/** Samples for trying out: the luck is the same, so that few are enough. */
const TRIAL_SAMPLES = 300;

/** What fails next because of an incident. */
export function incidentCascadeOf(
  incident: Incident,
  { store, registry, graph }: { store: Pick<Store, 'detection'>; registry: Registry; graph: GraphDocument },
): IncidentCascade {
  const detections: Detection[] = incident.detections
    .slice(0, MAX_DETECTIONS)
    .flatMap((one) => store.detection(one) ?? [])
    .map((one) => withAddressed(one, registry));
  const happened = happenedIn(detections, (asset) => registry.asset(asset)).slice(0, MAX_HAPPENED);
  const since = happened[0]?.at ?? incident.first;
  const lastMs = (happened.at(-1)?.at ?? since) - since;
  const horizonMs = Math.min(MAX_DURATION_MS, graph.horizon + lastMs);
  const failures = happened.map(({ asset, effect, at }) => ({ asset, effect, atMs: at - since }));
  const report = cascade(graph, { failures, horizonMs, limit: MAX_EFFECTS });
  const { effect } = incident;
  return {
    incident: incident.id,
    since,
    happened: happened.map((one) => told(one, registry, graph)),
    cascade: report,
    headline: headlineOf(report),
    helps: helpsOf(graph, failures, horizonMs, report),
    ...(effect === undefined
      ? {}
      : { urgency: { without: effect.without, with: incident.priority, because: effect.because } }),
  };
}

function told({ asset, effect, at, detection }: Happened, registry: Registry, graph: GraphDocument) {
  const { name } = namedAsset(asset, registry);
  return { asset, name, effect, words: `${name} ${effectWords(graph, effect)}`, at, detection };
}

/** One or two sentences for the top of the page. */
function headlineOf({ effects, services, loss, currency }: CascadeReport): string {
  const [likeliest] = effects;
  const [dearest] = services;
  const percent = (chance: number) => `${Math.round(chance * 100)} %`;
  const when = (ms: number) => (ms < 1 ? 'at once' : `after ${durationText(ms)}`);
  const sentences = [
    ...(likeliest === undefined
      ? []
      : [`${likeliest.words} ${when(likeliest.afterMs.p50)} (${percent(likeliest.chance)}).`]),
    ...(dearest === undefined
      ? []
      : [
          `${dearest.name} loses up to ${moneyText(dearest.lossPerHour, currency)} an hour ` +
            `${when(dearest.afterMs.p50)} (${percent(dearest.chance)}), ${moneyText(loss.mean, currency)} expected in all.`,
        ]),
    ...[dearest?.paths[0] ?? likeliest?.paths[0]].flatMap((path) =>
      path === undefined ? [] : [`Strongest path (${percent(path.share)}): ${path.words}`],
    ),
  ];
  return sentences.join(' ');
}

function helpsOf(
  graph: GraphDocument,
  failures: readonly { asset: string; effect: string; atMs: number }[],
  horizonMs: number,
  { loss, method }: CascadeReport,
): IncidentCascade['helps'] {
  if (loss.mean === 0 || graph.dependencies.length > MAX_TRIED_DEPENDENCIES) return [];
  return graph.mitigations
    .filter(({ inPlace, acts }) => !inPlace && acts.length > 0)
    .slice(0, MAX_TRIED)
    .map(({ id, name }) => {
      const query = { failures, horizonMs, paths: 0, limit: 1 };
      const { loss: difference } = whatIf(
        graph,
        method === 'exact' ? query : { ...query, samples: TRIAL_SAMPLES },
        [{ kind: 'apply', mitigation: id }],
      );
      return { mitigation: id, name, saves: -difference.mean };
    })
    .filter(({ saves }) => saves > 0)
    .sort((a, b) => b.saves - a.saves || (a.mitigation < b.mitigation ? -1 : 1))
    .slice(0, MAX_HELPS);
}
