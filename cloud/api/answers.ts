/** The shapes of the API's answers, as the contract has them: for the OpenAPI document and for tests of answers. */
import { z } from 'zod';
import { assetKind, temperatureBand } from '../../devices/model/asset.ts';
import { detection, severity } from '../../devices/model/detection.ts';
import { incidentLink, incidentState } from '../../devices/model/incident.ts';
import { facts, observationKind } from '../../devices/model/observation.ts';
import { planPoint } from '../../devices/model/site.ts';
import { gatewayReport } from '../../devices/wire.ts';
import type { Activity } from '../store/store.ts';
import type {
  ApiError,
  AuditList,
  AuditTrailHealth,
  IdentityChallenge,
  IdentityVerdict,
  IncidentList,
  IncidentPage,
  IncidentSummary,
  IntelligenceState,
  IssuedList,
  PeopleList,
  PictureAsset,
  PictureSite,
  QuarantineList,
  Rearranged,
  Released,
  RulingRow,
  SessionInfo,
  SiteDetail,
  SituationalPicture,
  StoryStep,
  StreamEvent,
  SuppressionList,
  SuppressionPage,
  SuppressionRow,
  TelemetrySeries,
} from './contract.ts';
import { runRow } from './response-answers.ts';
import { role } from './rights.ts';
import { toolId } from './toolkit-answers.ts';

const maybe = z.exactOptional;
const at = z.number();

export const apiError: z.ZodType<ApiError> = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), field: maybe(z.string()) }),
});

export const sessionInfo: z.ZodType<SessionInfo> = z.strictObject({
  name: z.string(),
  role,
  token: z.string(),
  expiresAt: at,
  seesAll: maybe(z.boolean()),
  isFresh: maybe(z.boolean()),
  mustEnrol: maybe(z.boolean()),
  toolsOff: maybe(z.array(toolId)),
});

const assetState = z.strictObject({
  property: z.string(),
  value: z.union([z.string(), z.number()]),
  since: at,
  seenAt: at,
});

const pictureAsset: z.ZodType<PictureAsset> = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: assetKind,
  zone: maybe(z.string()),
  position: maybe(planPoint),
  floor: maybe(z.string()),
  band: maybe(temperatureBand),
  criticality: z.number(),
  states: z.array(assetState),
  alarm: maybe(severity),
});

const gateway = z.strictObject({
  id: z.string(),
  connected: z.boolean(),
  lastSeenAt: maybe(at),
  armingMode: maybe(gatewayReport.shape.armingMode),
  waiting: maybe(z.strictObject({ alarm: z.number(), bulk: z.number() })),
  quarantined: maybe(z.number()),
  devicesOffline: maybe(z.number()),
});

const pictureSiteMore = {
  coordinates: maybe(z.strictObject({ latitude: z.number(), longitude: z.number() })),
  floors: maybe(
    z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        width: z.number(),
        height: z.number(),
        image: maybe(z.strictObject({ address: z.string(), opacity: z.number() })),
      }),
    ),
  ),
  people: maybe(z.array(z.strictObject({ zone: z.string(), count: z.number() }))),
  linksDown: maybe(
    z.array(
      z.strictObject({
        kind: z.enum(['gateway', 'uplink', 'camera', 'device']),
        id: z.string(),
        name: z.string(),
        since: maybe(at),
      }),
    ),
  ),
  summary: maybe(
    z.strictObject({
      assets: z.number(),
      linksDown: z.number(),
      stale: z.number(),
      people: maybe(z.number()),
    }),
  ),
};
const pictureMore = {
  asOf: maybe(at),
  replayFrom: maybe(at),
  supervisionMs: maybe(z.record(z.string(), z.number())),
};

const pictureSite: z.ZodType<PictureSite> = z.strictObject({
  id: z.string(),
  name: z.string(),
  timeZone: z.string(),
  isOpen: z.boolean(),
  plan: maybe(z.strictObject({ width: z.number(), height: z.number() })),
  zones: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      outline: z.array(planPoint),
      touches: z.array(z.string()),
      alarm: maybe(severity),
      floor: maybe(z.string()),
    }),
  ),
  assets: z.array(pictureAsset),
  ...pictureSiteMore,
  gateway: maybe(gateway),
  openIncidents: z.number(),
  worst: maybe(severity),
});

const clock = z.strictObject({ now: at, rate: z.number() });
const scenario = z.strictObject({ id: z.string(), title: z.string(), running: z.boolean() });

export const situationalPicture: z.ZodType<SituationalPicture> = z.strictObject({
  clock,
  sites: z.array(pictureSite),
  sources: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      asset: z.string(),
      lastAt: maybe(at),
      records: z.number(),
      refused: z.number(),
    }),
  ),
  scenarios: z.array(scenario),
  ...pictureMore,
});

export const siteDetail: z.ZodType<SiteDetail> = z.strictObject({
  clock,
  site: pictureSite,
  persons: maybe(z.array(z.strictObject({ id: z.string(), name: z.string(), zone: z.string(), since: at }))),
  ...pictureMore,
});

const named = z.strictObject({ id: z.string(), name: z.string() });
const namedAsset = z.strictObject({ id: z.string(), name: z.string(), kind: assetKind });
const world = z.enum(['physical', 'cyber']);

export const incidentSummary: z.ZodType<IncidentSummary> = z.strictObject({
  id: z.string(),
  title: z.string(),
  severity,
  priority: z.number(),
  state: incidentState,
  assignee: maybe(z.string()),
  first: at,
  last: at,
  sites: z.array(named),
  assets: z.array(namedAsset),
  people: z.array(named),
  detections: z.number(),
  worlds: z.array(world),
  openedAt: maybe(at),
  acknowledgedAt: maybe(at),
});

export const incidentList: z.ZodType<IncidentList> = z.strictObject({
  items: z.array(incidentSummary),
  total: z.number(),
  counts: z.record(incidentState, z.number()),
  next: maybe(z.string()),
});

const pictureTaken = z.strictObject({ id: z.string(), asset: z.string(), takenAt: at });

const storyStep: z.ZodType<StoryStep> = z.strictObject({
  detection,
  world,
  belongs: maybe(z.strictObject({ to: z.string(), weight: z.number(), because: z.array(z.string()) })),
  assets: z.array(
    z.strictObject({ id: z.string(), name: z.string(), kind: assetKind, zone: maybe(z.string()) }),
  ),
  people: z.array(named),
  evidence: z.array(
    z.strictObject({
      id: z.string(),
      kind: observationKind,
      at,
      asset: z.string(),
      value: maybe(z.number()),
      facts: maybe(facts),
    }),
  ),
  pictures: z.array(pictureTaken),
});

const activity: z.ZodType<Activity> = z.strictObject({
  incident: z.string(),
  at,
  by: z.string(),
  action: z.enum([
    'acknowledged',
    'assigned',
    'noted',
    'contained',
    'resolved',
    'false-alarm',
    'reopened',
    'split',
    'merged',
    'undone',
  ]),
  text: maybe(z.string()),
  assignee: maybe(z.string()),
});

const said = { at, by: z.string(), text: maybe(z.string()) };

const rulingRow: z.ZodType<RulingRow> = z.strictObject({
  id: z.string(),
  kind: z.enum(['split', 'merged']),
  at,
  by: z.string(),
  text: z.string(),
  incidents: z.array(z.string()),
  undone: maybe(z.strictObject(said)),
  one: z.number(),
  other: z.number(),
});

export const rearranged: z.ZodType<Rearranged> = z.strictObject({ incidents: z.array(incidentSummary) });

export const suppressionRow: z.ZodType<SuppressionRow> = z.strictObject({
  id: z.string(),
  rule: z.string(),
  asset: maybe(z.string()),
  assetName: maybe(z.string()),
  site: maybe(z.string()),
  siteName: maybe(z.string()),
  observable: maybe(z.strictObject({ name: z.string(), value: z.string() })),
  owner: z.string(),
  text: z.string(),
  by: z.string(),
  at,
  from: at,
  until: at,
  state: z.enum(['working', 'expired', 'ended']),
  ended: maybe(z.strictObject(said)),
  held: z.number(),
});

export const suppressionList: z.ZodType<SuppressionList> = z.strictObject({ items: z.array(suppressionRow) });

export const suppressionPage: z.ZodType<SuppressionPage> = z.strictObject({
  suppression: suppressionRow,
  newest: z.array(
    z.strictObject({
      id: z.string(),
      at,
      severity,
      summary: z.string(),
      assets: z.array(z.strictObject({ id: z.string(), name: z.string() })),
    }),
  ),
});

export const incidentPage: z.ZodType<IncidentPage> = z.strictObject({
  summary: incidentSummary,
  links: z.array(incidentLink),
  story: z.array(storyStep),
  assets: z.array(pictureAsset),
  people: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      kind: z.string(),
      badges: z.array(z.string()),
      accounts: z.array(z.string()),
    }),
  ),
  pictures: z.array(pictureTaken),
  activities: z.array(activity),
  rulings: z.array(rulingRow),
  site: maybe(pictureSite),
});

export const released: z.ZodType<Released> = z.strictObject({ incident: z.string(), objects: z.number() });

export const intelligenceState: z.ZodType<IntelligenceState> = z.strictObject({
  indicators: z.number(),
  matched: z.number(),
  feeds: z.array(
    z.strictObject({
      name: z.string(),
      lastAt: maybe(at),
      indicators: z.number(),
      revoked: z.number(),
      refused: z.number(),
      problem: maybe(z.string()),
    }),
  ),
});

export const telemetrySeries: z.ZodType<TelemetrySeries> = z.strictObject({
  asset: z.string(),
  quantity: z.string(),
  unit: z.string(),
  points: z.array(z.strictObject({ at, mean: z.number(), min: z.number(), max: z.number() })),
  band: maybe(temperatureBand),
});

export const peopleList: z.ZodType<PeopleList> = z.strictObject({
  items: z.array(z.strictObject({ name: z.string(), role })),
});

export const quarantineList: z.ZodType<QuarantineList> = z.strictObject({
  total: z.number(),
  items: z.array(
    z.strictObject({
      at,
      wall: z.string(),
      peer: z.string(),
      reason: z.string(),
      base64: z.string(),
    }),
  ),
});

export const auditList: z.ZodType<AuditList> = z.strictObject({
  items: z.array(
    z.strictObject({ at, by: z.string(), from: z.string(), action: z.string(), about: z.string() }),
  ),
});

export const issuedList: z.ZodType<IssuedList> = z.strictObject({
  issuer: z.string(),
  items: z.array(
    z.strictObject({
      id: z.string(),
      type: z.string(),
      subject: z.string(),
      validUntil: at,
      at,
      by: z.string(),
      revokedAt: maybe(at),
      reason: maybe(z.string()),
    }),
  ),
});

export const identityChallenge: z.ZodType<IdentityChallenge> = z.strictObject({
  nonce: z.string(),
  audience: z.string(),
  expiresInMs: z.number(),
});

export const identityVerdict: z.ZodType<IdentityVerdict> = z.strictObject({
  accepted: z.boolean(),
  reason: maybe(z.string()),
  message: maybe(z.string()),
  courier: maybe(z.string()),
  carrier: maybe(z.string()),
});

export const auditTrailHealth: z.ZodType<AuditTrailHealth> = z.strictObject({
  enabled: z.boolean(),
  size: z.number(),
  written: z.number(),
  lastAt: maybe(at),
  problem: maybe(z.string()),
  witnessProblem: maybe(z.string()),
});

const event = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.strictObject({ type: z.literal(type), data });

/** What the stream's events carry. */
export const streamEvent: z.ZodType<StreamEvent> = z.discriminatedUnion('type', [
  event('incident', incidentSummary),
  event('incident-gone', z.strictObject({ id: z.string(), into: z.string() })),
  event('asset', z.strictObject({ site: z.string(), asset: z.string(), state: assetState })),
  event('gateway', z.strictObject({ site: z.string(), gateway })),
  event(
    'site',
    z.strictObject({
      id: z.string(),
      isOpen: z.boolean(),
      openIncidents: z.number(),
      worst: maybe(severity),
    }),
  ),
  event('clock', clock),
  event('scenario', z.strictObject({ id: z.string(), running: z.boolean() })),
  event('suppression', suppressionRow),
  event('toolkit', z.strictObject({ off: z.array(toolId) })),
  event('response', runRow),
  event('restart', z.strictObject({})),
]);
