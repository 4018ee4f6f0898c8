import type { Asset } from '../../devices/model/asset.ts';
import { type Detection, severityRank } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Picture } from '../../devices/wire.ts';
import { worldOfKind } from '../assets/surroundings.ts';
import { explain } from '../correlation/explain.ts';
import type { Hands } from '../hands/hands.ts';
import type { Overview } from '../situation/overview.ts';
import type { Ruling, Store } from '../store/store.ts';
import type { IncidentPage, RulingRow, StoryStep } from './contract.ts';
import { namedAsset, namedPerson, sitesOf, summaryOf } from './incident-summary.ts';
import type { Scope } from './scope.ts';

/** Steps of one page; of more, the gravest and then the earliest are told. */
export const MAX_STEPS = 250;
/** Detections that are looked at for them, the first and the last: an incident of a million must not take minutes. */
const MAX_LOOKED_AT = 5_000;
/** Observations shown for one step, the first and the last of them. */
export const MAX_EVIDENCE_PER_STEP = 12;
const MAX_PICTURES = 120;
/** Of all cameras of its sites, in its time. */
const MAX_PICTURES_LOOKED_AT = 1_000;
const MAX_ASSETS = 200;
const MAX_RULINGS = 50;
/** A camera's picture belongs to a step when it was taken so long before or after. */
const PICTURE_BEFORE_MS = 60_000;
const PICTURE_AFTER_MS = 3 * 60_000;

type PictureTaken = Omit<Picture, 'base64'>;

export interface PageParts {
  store: Store;
  registry: Registry;
  overview: Overview;
  hands: Pick<Hands, 'rulingsOf'>;
}

/**
 * Everything that the page of one incident shows; undefined where there is no such incident, or none of it is seen.
 * @param scope what its reader sees; everything where it is not said
 */
export function incidentPageOf(
  id: string,
  { store, registry, overview, hands }: PageParts,
  scope?: Scope,
): IncidentPage | undefined {
  const whole = store.incident(id);
  const incident = whole === undefined || scope === undefined ? whole : scope.part(whole);
  // What people of other sites wrote and decided about it is not for who sees a part.
  const isWhole = incident === whole;
  const handling = incident === undefined ? undefined : store.handling(incident.id);
  if (incident === undefined || handling === undefined) return undefined;
  const detections = told(
    ends(incident.detections, MAX_LOOKED_AT).flatMap((one) => store.detection(one) ?? []),
  );
  const near = camerasNear(registry);
  const pictures = picturesOf(incident, detections, near, store, registry);
  const shownWith = Map.groupBy(pictures, ({ step }) => step);
  const evidence = evidenceOf(detections, store, scope);
  const reasons = new Map(
    explain(incident, detections, registry).map(({ detection, belongs }) => [detection, belongs]),
  );
  const story = detections.map((detection): StoryStep => {
    const belongs = reasons.get(detection.id);
    return {
      detection,
      world: worldOf(detection, registry),
      ...(belongs === undefined ? {} : { belongs }),
      assets: detection.assets.map((asset) => {
        const zone = registry.asset(asset)?.zone;
        return { ...namedAsset(asset, registry), ...(zone === undefined ? {} : { zone }) };
      }),
      people: detection.identities.map((person) => namedPerson(person, registry)),
      evidence: detection.evidence.flatMap((one) => evidence.get(one) ?? []),
      pictures: (shownWith.get(detection.id) ?? []).map(taken),
    };
  });
  const summary = summaryOf(incident, handling, registry);
  const [site] = summary.sites;
  const shownSite = site === undefined ? undefined : overview.site(site.id);
  return {
    summary,
    links: incident.links.slice(0, MAX_STEPS),
    story,
    assets: incident.assets.slice(0, MAX_ASSETS).flatMap((asset) => overview.asset(asset) ?? []),
    people: incident.identities.flatMap((person) => {
      const known = registry.identity(person);
      if (known === undefined) return [];
      const { id: of, name, kind, badges, accounts } = known;
      return [{ id: of, name, kind, badges, accounts }];
    }),
    pictures: pictures.map(taken),
    activities: isWhole ? store.activities(incident.id) : [],
    rulings: isWhole ? hands.rulingsOf(incident.detections).slice(0, MAX_RULINGS).map(rulingRowOf) : [],
    ...(shownSite === undefined ? {} : { site: shownSite }),
  };
}

const rulingRowOf = ({ one, other, timeZone: _, ...ruling }: Ruling): RulingRow => ({
  ...ruling,
  one: one.length,
  other: other.length,
});

const byTime = (a: { at: number; id: string }, b: { at: number; id: string }): number =>
  a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** A bounded number of detections, in order of time. */
function told(detections: readonly Detection[]): Detection[] {
  if (detections.length <= MAX_STEPS) return [...detections].sort(byTime);
  return [...detections]
    .sort((a, b) => severityRank(b.severity) - severityRank(a.severity) || byTime(a, b))
    .slice(0, MAX_STEPS)
    .sort(byTime);
}

/** By its assets; what names none is judged by what it rests on elsewhere: the network. */
const worldOf = ({ assets }: Detection, registry: Registry): 'physical' | 'cyber' =>
  assets.some((id) => worldOfKind(namedAsset(id, registry).kind) === 'physical') ? 'physical' : 'cyber';

function evidenceOf(
  detections: readonly Detection[],
  store: Store,
  scope: Scope | undefined,
): ReadonlyMap<string, StoryStep['evidence'][number]> {
  const ids = [...new Set(detections.flatMap(({ evidence }) => ends(evidence, MAX_EVIDENCE_PER_STEP)))];
  return new Map(
    store
      .observations({ ids, limit: ids.length })
      .filter(({ site }) => scope?.seesSite(site) !== false)
      .map(({ id, kind, observedAt, asset, value, facts }) => [
        id,
        {
          id,
          kind,
          at: observedAt,
          asset,
          ...(value === undefined ? {} : { value }),
          ...(facts === undefined ? {} : { facts }),
        },
      ]),
  );
}

/** The first and the last, where they are more than `most`. */
function ends<Entry>(list: readonly Entry[], most: number): readonly Entry[] {
  if (list.length <= most) return list;
  const half = Math.floor(most / 2);
  return [...list.slice(0, half), ...list.slice(-half)];
}

const taken = ({ id, asset, takenAt }: PictureTaken) => ({ id, asset, takenAt });

/** Cameras that may have seen what happened at an asset. */
type Near = (asset: string) => readonly string[];

/** Pictures taken for its detections, or by a camera near its assets while it happened. */
function picturesOf(
  { assets, first, last }: Incident,
  detections: readonly Detection[],
  near: Near,
  store: Store,
  registry: Registry,
): (PictureTaken & { step: string })[] {
  const cameras = sitesOf(assets, registry)
    .flatMap((site) => registry.assetsOf(site))
    .filter(({ kind }) => kind === 'camera')
    .map(({ id }) => id);
  if (cameras.length === 0) return [];
  return store
    .picturesOf(cameras, first - PICTURE_BEFORE_MS, last + PICTURE_AFTER_MS, MAX_PICTURES_LOOKED_AT)
    .flatMap((picture) => {
      const steps = detections.filter((detection) => isOf(picture, detection, near));
      // Shown once: with what happened last before it was taken.
      const step = steps.findLast(({ at }) => at <= picture.takenAt) ?? steps[0];
      return step === undefined ? [] : [{ ...picture, step: step.id }];
    })
    .slice(0, MAX_PICTURES);
}

function isOf(picture: PictureTaken, detection: Detection, near: Near): boolean {
  if (picture.detection !== undefined) return picture.detection === detection.id;
  const afterMs = picture.takenAt - detection.at;
  if (afterMs < -PICTURE_BEFORE_MS || afterMs > PICTURE_AFTER_MS) return false;
  return detection.assets.some((asset) => near(asset).includes(picture.asset));
}

/** The camera itself, those that guard the asset, and those in its zone or a zone beside it. */
function camerasNear(registry: Registry): Near {
  const known = new Map<string, readonly string[]>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const asset = registry.asset(id);
    const zones = new Set(
      asset === undefined ? [] : zonesOf(asset).flatMap((zone) => [zone, ...registry.touching(zone)]),
    );
    const cameras = (asset === undefined ? [] : registry.assetsOf(asset.site))
      .filter(
        (other) =>
          other.kind === 'camera' &&
          (other.id === id ||
            other.guards.includes(id) ||
            (other.zone !== undefined && zones.has(other.zone))),
      )
      .map((camera) => camera.id);
    known.set(id, cameras);
    return cameras;
  };
}

const zonesOf = ({ zone, connects }: Asset): string[] => [
  ...(zone === undefined ? [] : [zone]),
  ...(connects ?? []),
];
