/** From an incident to what fails next: what its detections say has happened to which asset. Pure. */
import type { Asset } from '../../devices/model/asset.ts';
import { type Detection, severityRank } from '../../devices/model/detection.ts';
import { worldOfKind } from '../assets/surroundings.ts';
import type { AssetState } from './network.ts';

/** What happened to an asset, and since when. */
export interface Happened extends AssetState {
  at: number;
  /** The detection that says so. */
  detection: string;
}

/** What a rule's name says has happened, whatever the asset; the first that fits. */
const byRule: readonly (readonly [RegExp, string])[] = [
  [/temperature|missing-cold|excursion|cold[-_]?chain/, 'warm'],
  [
    // What was set to something else can be relied on no more than what has stopped.
    /silent|offline|missing-readings|mains|power|transmission|not-recording|device-fault|outage|flood|denial|setting-changed/,
    'down',
  ],
  [/camera-(blind|obscured|replaced)/, 'down'],
  [/unexpected-change|defac|skimm|altered|integrity/, 'altered'],
  [/exfil|leak|disclos/, 'disclosed'],
];

/** Of a device's network, not of the door that it is built into. */
const talk = /beacon|talks-outside|new-(?:peer|domain|listener)|dns-tunnel/;
const entering =
  /forced|cabinet-opened|opened-after-hours|motion-while-armed|intrusion|break-?in|duress|not-following/;
/** Somebody got in, not only tried. */
const takenOver = /privilege|new-address-login|beacon|ransom|malware|webshell|compromis|lateral|elevat/;
/** Somebody is cheated, or tries a door: nothing has happened yet to what it is done with. */
const noHarm =
  /payment-|payout|refund|card-testing|chargeback|checkout-price|hand-?over|handed-over|order-|changed-address|stuffing|takeover|network-scan/;
const SERIOUS = severityRank('high');

/** What a detection says of one of its assets; undefined where it is no more than a sign. */
export function effectOf(
  { rule, severity }: Pick<Detection, 'rule' | 'severity'>,
  { kind }: Pick<Asset, 'kind'>,
): string | undefined {
  const name = rule.toLowerCase();
  // A broken rule of the house says what was not in order, not what came of it.
  if (name.startsWith('policy:')) return undefined;
  const isSerious = severityRank(severity) >= SERIOUS;
  if (noHarm.test(name)) return undefined;
  if (worldOfKind(kind) === 'cyber') {
    const found = byRule.find(([pattern]) => pattern.test(name))?.[1];
    if (found !== undefined) return found;
    return isSerious || takenOver.test(name) ? 'compromised' : undefined;
  }
  if (entering.test(name)) return 'intruded';
  const found = byRule.find(([pattern]) => pattern.test(name))?.[1];
  if (found === 'warm')
    return kind === 'fridge' || kind === 'vehicle' || kind === 'sensor' ? 'warm' : undefined;
  if (found !== undefined) return found;
  if (talk.test(name)) return undefined;
  return isSerious && (kind === 'door' || kind === 'lock' || kind === 'cabinet') ? 'intruded' : undefined;
}

/** Each thing that has happened, once, from the earliest detection that says so; in order of time. */
export function happenedIn(
  detections: readonly Pick<Detection, 'id' | 'at' | 'rule' | 'severity' | 'assets'>[],
  assetOf: (id: string) => Asset | undefined,
): Happened[] {
  const found = new Map<string, Happened>();
  for (const detection of detections)
    for (const id of detection.assets) {
      const asset = assetOf(id);
      const effect = asset === undefined ? undefined : effectOf(detection, asset);
      if (effect === undefined) continue;
      const key = `${id}:${effect}`;
      const known = found.get(key);
      if (known !== undefined && known.at <= detection.at) continue;
      found.set(key, { asset: id, effect, at: detection.at, detection: detection.id });
    }
  return [...found.values()].sort((a, b) => a.at - b.at || (a.asset < b.asset ? -1 : 1));
}
