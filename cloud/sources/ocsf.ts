/**
 * Observations of the cyber world as events of the Open Cybersecurity Schema Framework, for whoever reads or exchanges
 * those: class and activity of each kind, and its attributes. Pure. Names and numbers: schema.ocsf.io, version 1.3.
 */
import { type Severity, severityRank } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { present } from './json-line.ts';

export const OCSF_VERSION = '1.3.0';

/** What an event is: its class, and what was done. */
export interface OcsfClass {
  readonly classUid: number;
  readonly className: string;
  readonly activityId: number;
}

type Seen = Pick<Observation, 'kind' | 'subjects' | 'observables' | 'facts'>;

const names = {
  0: 'Base Event',
  1001: 'File System Activity',
  1007: 'Process Activity',
  2003: 'Compliance Finding',
  2004: 'Detection Finding',
  3001: 'Account Change',
  3002: 'Authentication',
  3003: 'Authorize Session',
  4001: 'Network Activity',
  4002: 'HTTP Activity',
  4003: 'DNS Activity',
  6001: 'Web Resources Activity',
} as const;
type ClassUid = keyof typeof names;
const OTHER = 99;

/** Activities by what the fact `change` says. */
export const fileActivities: Readonly<Record<string, number>> = {
  created: 1,
  updated: 3,
  deleted: 4,
  renamed: 5,
  'attributes-set': 6,
};
export const accountActivities: Readonly<Record<string, number>> = {
  created: 1,
  enabled: 2,
  'password-changed': 3,
  'password-reset': 4,
  disabled: 5,
  deleted: 6,
  'rights-granted': 7,
  'rights-revoked': 8,
  locked: 9,
  'second-factor-enabled': 10,
  'second-factor-disabled': 11,
  unlocked: 12,
};
/** By the fact `action`. */
export const connectionActivities: Readonly<Record<string, number>> = {
  opened: 1,
  closed: 2,
  reset: 3,
  failed: 4,
  blocked: 5,
  allowed: 6,
};
const httpActivities: Readonly<Record<string, number>> = {
  CONNECT: 1,
  DELETE: 2,
  GET: 3,
  HEAD: 4,
  OPTIONS: 5,
  POST: 6,
  PUT: 7,
  TRACE: 8,
};
/** Orders, carts, stock: by the fact `state`; whatever is neither begun nor ended is changed. */
const resourceActivities: Readonly<Record<string, number>> = {
  created: 1,
  placed: 1,
  issued: 1,
  deleted: 4,
  cancelled: 4,
};

const named = (table: Readonly<Record<string, number>>, name: unknown): number =>
  typeof name === 'string' && Object.hasOwn(table, name) ? (table[name] ?? OTHER) : OTHER;

/** Undefined: an observation of the physical world, which OCSF has no class for. */
export function ocsfClassOf({ kind, observables, facts }: Seen): OcsfClass | undefined {
  const of = (classUid: ClassUid, activityId: number): OcsfClass => ({
    classUid,
    className: names[classUid],
    activityId,
  });
  switch (kind) {
    case 'login.failed':
    case 'login.succeeded':
    case 'camera.login-failed':
      return of(3002, 1);
    case 'account.elevated':
      return of(3003, 1);
    case 'account.changed':
      return of(3001, named(accountActivities, facts?.change));
    case 'web.requested':
      return of(4002, named(httpActivities, observables?.method));
    case 'network.connected':
      return of(4001, named(connectionActivities, facts?.action));
    case 'domain.resolved':
      return of(4003, facts?.answered === true ? 2 : 1);
    case 'network.alerted':
      return of(2004, 1);
    case 'page.violated':
    case 'page.policy-weakened':
      return of(2003, 1);
    case 'page.fetched':
    case 'page.unreachable':
    case 'page.defaced':
    case 'script.added':
    case 'script.changed':
    case 'form.changed':
    case 'frame.added':
      return of(6001, kind === 'page.fetched' || kind === 'page.unreachable' ? 2 : 3);
    case 'process.started':
      return of(1007, 1);
    case 'file.changed':
      return of(1001, named(fileActivities, facts?.change));
    case 'order.changed':
    case 'cart.changed':
    case 'stock.changed':
    case 'refund.issued':
    case 'payment.decided':
    case 'payment.challenged':
    case 'payment.disputed':
    case 'payout.changed': {
      const activity = named(resourceActivities, kind === 'refund.issued' ? 'issued' : facts?.state);
      return of(6001, activity === OTHER ? 3 : activity);
    }
    case 'host.logged':
      return of(0, OTHER);
    default:
      return undefined;
  }
}

/** The house's severities and OCSF's, which go on to `Fatal`. */
export const severityId = (severity: Severity | undefined): number =>
  severity === undefined ? 1 : severityRank(severity) + 1;

type Members = Record<string, unknown>;
const filled = (members: Record<string, unknown>): Members | undefined => {
  const kept = present(members);
  return Object.keys(kept).length === 0 ? undefined : kept;
};

/** True or false where the kind or a fact says how it ended. */
function succeeded({ kind, facts }: Seen): boolean | undefined {
  if (kind === 'login.failed' || kind === 'camera.login-failed') return false;
  if (kind === 'login.succeeded') return true;
  if (kind === 'network.connected' && facts?.action === 'blocked') return false;
  return typeof facts?.succeeded === 'boolean' ? facts.succeeded : undefined;
}

/**
 * An observation as an event. What has no place of its own is in `unmapped`, under the house's names; nothing is left
 * out. Undefined for what is physical.
 */
export function ocsfEventOf(observation: Observation, severity?: Severity): Members | undefined {
  const found = ocsfClassOf(observation);
  if (found === undefined) return undefined;
  const { id, kind, site, asset, source, observedAt, receivedAt, subjects, observables, facts } = observation;
  const outcome = succeeded(observation);
  const user = subjects?.account === undefined ? undefined : { name: subjects.account };
  const isChange = kind === 'account.changed' || kind.startsWith('login.');
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const isRequest = observables?.path !== undefined;
  const mapped: Members = {
    src_endpoint: filled({ ip: observables?.ip, hostname: observables?.host, port: facts?.sourcePort }),
    dst_endpoint: filled({ ip: observables?.['destination-ip'], port: facts?.destinationPort }),
    device: filled({ hostname: facts?.host }),
    user: isChange ? user : undefined,
    actor: isChange
      ? filled({ user: facts?.by === undefined ? undefined : { name: facts.by } })
      : filled({ user }),
    http_request: isRequest
      ? filled({
          http_method: observables?.method,
          url: { url_string: observables?.path },
          user_agent: observables?.['user-agent'],
          referrer: observables?.referer,
        })
      : undefined,
    http_response: isRequest && facts?.status !== undefined ? { code: facts.status } : undefined,
    query:
      kind === 'domain.resolved' ? filled({ hostname: observables?.domain, type: facts?.type }) : undefined,
    process:
      kind === 'process.started'
        ? filled({ cmd_line: facts?.command, file: filled({ path: facts?.image }) })
        : undefined,
    file:
      kind === 'file.changed'
        ? filled({ path: facts?.file, hashes: observables?.hash && [{ value: observables.hash }] })
        : undefined,
    finding_info:
      found.classUid === 2004 || found.classUid === 2003
        ? { uid: id, title: text(facts?.signature) ?? text(facts?.directive) ?? kind }
        : undefined,
  };
  return present({
    activity_id: found.activityId,
    category_uid: Math.floor(found.classUid / 1_000),
    class_uid: found.classUid,
    class_name: found.className,
    type_uid: found.classUid * 100 + found.activityId,
    time: observedAt,
    severity_id: severityId(severity),
    status_id: outcome === undefined ? undefined : outcome ? 1 : 2,
    metadata: {
      uid: id,
      version: OCSF_VERSION,
      log_name: source,
      logged_time: receivedAt,
      product: { name: 'Gatehouse', vendor_name: 'Gatehouse' },
    },
    ...mapped,
    message: text(facts?.text),
    unmapped: { kind, site, asset, observables, facts },
  });
}
