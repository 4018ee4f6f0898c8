/**
 * Predicted effect as a part of an incident's priority. The correlator says how urgent an incident is by what was
 * seen; here it gains by what it is expected to break. Outside of the correlator, because it rests on the graph of
 * dependencies; and a function of the incident's detections, the registry and the graph alone, so that any order of
 * arrival and any start come to the same.
 *
 *   effect    = ½ × (1 − e^(−loss ÷ 20,000 − hurt ÷ 3)), of that which leads to the worst
 *   priority  = 100 − (100 − priority) × e^(−effect)
 *
 * Of two incidents with the same effect the more urgent one stays above; none gains more than 39 % of what is left to 100.
 */
import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { Foresight, type Harm } from '../cascade/foresight.ts';
import { effectWords, type GraphDocument } from '../cascade/graph.ts';
import { type Happened, happenedIn } from '../cascade/incident.ts';
import { moneyText } from '../cascade/report-text.ts';
import { withAddressed } from '../registry/inside-addresses.ts';

const MOST = 0.5;
const LOSS_SCALE = 20_000;
const HURT_SCALE = 3;
/** Detections looked at, the first of an incident: what a thousandth one says has happened long before. */
const MAX_DETECTIONS = 300;
/** What a gain below this would say is not worth a word; the priority stays. */
const LEAST_GAIN = 0.1;

/** What is looked at of a detection. */
export type Weighable = Pick<Detection, 'id' | 'at' | 'rule' | 'severity' | 'assets' | 'observables'>;

export interface WeighingParts {
  detectionOf(id: string): Weighable | undefined;
  registry(): Registry;
  /** A new object whenever it has changed. */
  graph(): GraphDocument;
}

/** 0 to MOST. */
export const effectOf = ({ loss, hurt }: Pick<Harm, 'loss' | 'hurt'>): number =>
  MOST * (1 - Math.exp(-loss / LOSS_SCALE - hurt / HURT_SCALE));

export const raised = (priority: number, effect: number): number =>
  Math.round((100 - (100 - priority) * Math.exp(-effect)) * 10) / 10;

/** Makes of an incident as the correlator tells it one that is as urgent as what it will break. */
export function weighing(parts: WeighingParts): (incident: Incident) => Incident {
  let known: { graph: GraphDocument; registry: Registry['document']; foresight: Foresight } | undefined;
  const foresight = (): Foresight => {
    const graph = parts.graph();
    const registry = parts.registry();
    if (known === undefined || known.graph !== graph || known.registry !== registry.document)
      known = {
        graph,
        registry: registry.document,
        foresight: new Foresight(graph, (asset) => registry.asset(asset)?.criticality ?? 0),
      };
    return known.foresight;
  };
  return (incident) => {
    const { effect: _former, ...plain } = incident;
    const registry = parts.registry();
    const detections = incident.detections
      .slice(0, MAX_DETECTIONS)
      .flatMap((id) => parts.detectionOf(id) ?? [])
      .map((one) => withAddressed(one, registry));
    const happened = happenedIn(detections, (asset) => registry.asset(asset));
    if (happened.length === 0) return plain;
    const ahead = foresight();
    let worst: { cause: Happened; harm: Harm; effect: number } | undefined;
    for (const cause of happened) {
      const harm = ahead.harmOf(cause);
      const effect = harm === undefined ? 0 : effectOf(harm);
      if (harm !== undefined && effect > (worst?.effect ?? 0)) worst = { cause, harm, effect };
    }
    const priority = worst === undefined ? incident.priority : raised(incident.priority, worst.effect);
    if (worst === undefined || priority - incident.priority < LEAST_GAIN) return plain;
    const { cause, harm } = worst;
    const graph = parts.graph();
    return {
      ...plain,
      priority,
      effect: {
        without: incident.priority,
        cause: { asset: cause.asset, effect: cause.effect },
        loss: Math.round(harm.loss),
        currency: graph.currency,
        because: sentence(cause, harm, registry, graph),
      },
    };
  };
}

function sentence(
  { asset, effect }: Happened,
  { loss, gravest }: Harm,
  registry: Registry,
  graph: GraphDocument,
): string {
  const leads = [
    ...(gravest === undefined ? [] : [`${gravest.words} with ${Math.round(gravest.chance * 100)} %`]),
    ...(loss < 1 ? [] : [`${moneyText(loss, graph.currency)} are expected to be lost`]),
  ];
  const name = registry.asset(asset)?.name ?? asset;
  return `${name} ${effectWords(graph, effect)}: next ${leads.join(', and ')}.`;
}
