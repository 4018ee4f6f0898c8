/** Observations as Sigma's rules see them: the house's own names, and those of Sigma's taxonomy beside them. */
import type { Detection } from '../../devices/model/detection.ts';
import { type Observation, type ObservationKind, observationKinds } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { EventFields } from '../sigma/event-fields.ts';
import { isRouted, type Logsource } from '../sigma/rule.ts';
import { requestTarget } from '../sources/web-access.ts';
import { identitiesOf } from './monitor.ts';

/** Sigma's categories for kinds that have one. */
const categoryOf: Partial<Record<ObservationKind, Logsource>> = {
  'web.requested': { category: 'webserver' },
  'account.elevated': { category: 'process_creation', product: 'linux', service: 'sudo' },
  'network.alerted': { category: 'network', product: 'suricata' },
  'process.started': { category: 'process_creation' },
  'file.changed': { category: 'file_event' },
  'network.connected': { category: 'network_connection' },
  'domain.resolved': { category: 'dns_query' },
  'camera.login-failed': { category: 'authentication', product: 'gatehouse', service: 'camera' },
};

/**
 * What the log says of itself, else what the kind says. Physical observations are a logsource like any other; `service`
 * is the thing: `door`, `badge`, `camera`.
 */
export function logsourceOf(observation: Pick<Observation, 'kind' | 'facts' | 'log'>): Logsource {
  const { log } = observation;
  if (log === undefined) return logsourceOfKind(observation);
  const { category, product, service } = log;
  if (category === undefined && product === undefined && service === undefined)
    return logsourceOfKind(observation);
  return {
    ...(category === undefined ? {} : { category }),
    ...(product === undefined ? {} : { product }),
    ...(service === undefined ? {} : { service }),
  };
}

function logsourceOfKind({ kind, facts }: Pick<Observation, 'kind' | 'facts'>): Logsource {
  const known = categoryOf[kind];
  if (known !== undefined) return known;
  if (kind === 'login.failed' || kind === 'login.succeeded')
    return facts?.service === 'ssh'
      ? { category: 'authentication', product: 'linux', service: 'sshd' }
      : { category: 'authentication' };
  if (kind === 'host.logged') {
    const service = typeof facts?.application === 'string' ? facts.application : 'syslog';
    return { product: 'linux', service };
  }
  const category = observationKinds[kind] === 'physical' ? 'physical' : 'application';
  return { category, product: 'gatehouse', service: kind.split('.')[0] ?? kind };
}

/** Whether a rule may concern observations of a kind; of what was read from a log, the log itself says which it is. */
export function mayConcern(rule: Logsource, kind: ObservationKind): boolean {
  if (isRouted(rule, logsourceOf({ kind }))) return true;
  const isOurs =
    rule.category === 'physical' || rule.category === 'detection' || rule.product === 'gatehouse';
  return observationKinds[kind] === 'cyber' && !isOurs;
}

/**
 * Own names: `kind`, `site`, `zone`, `asset`, `source`, `observedAt`, `value`, `badge`, `account`, `identity`, `person`
 * (whom the registry knows behind badge or account), observables, facts and a log's own fields by their names; a log
 * can't speak for the house: its names count first.
 */
export function eventOf(observation: Observation, registry: Registry): EventFields {
  const { kind, site, asset, source, observedAt, value, subjects, observables, facts, log } = observation;
  const event: Record<string, unknown> = {
    ...facts,
    ...observables,
    ...subjects,
    ...taxonomyOf(observation),
    ...log?.fields,
    kind,
    site,
    asset,
    source,
    observedAt,
  };
  if (value !== undefined) event.value = value;
  event.zone = registry.asset(asset)?.zone ?? null;
  event.person = registry.resolve(subjects ?? {}, asset)?.id ?? null;
  return event;
}

/** Names of Sigma's taxonomy for what the house names otherwise. */
function taxonomyOf(observation: Observation): EventFields {
  const { kind, subjects, observables, facts } = observation;
  const event: Record<string, unknown> = {};
  const put = (name: string, value: unknown) => {
    if (value !== undefined) event[name] = value;
  };
  if (observables?.path !== undefined) {
    const target = requestTarget(observation);
    put('cs-uri', target);
    put('cs-uri-stem', target.split('?')[0]);
    // Rules for web servers look in it for the path as well.
    put('cs-uri-query', target);
    put('c-uri', target);
    put('cs-method', observables.method);
    put('cs-user-agent', observables['user-agent']);
    put('c-useragent', observables['user-agent']);
    put('cs-referer', observables.referer);
    put('sc-status', facts?.status);
    put('cs-host', facts?.virtualHost ?? observables.host);
    put('c-ip', observables.ip);
  }
  if (kind === 'account.elevated') {
    put('CommandLine', facts?.command);
    if (typeof facts?.command === 'string') put('Image', facts.command.split(' ')[0]);
    put('User', subjects?.account);
    put('CurrentDirectory', facts?.pwd);
  } else if (kind === 'host.logged') put('message', facts?.text);
  else if (kind === 'network.alerted') {
    put('src_ip', observables?.ip);
    put('dst_ip', observables?.['destination-ip']);
    put('src_port', facts?.sourcePort);
    put('dst_port', facts?.destinationPort);
    put('query', observables?.domain);
  }
  return event;
}

/** What a detection needs of something that it rests on. */
export interface Seen {
  readonly id: string;
  readonly at: number;
  readonly source: string;
  readonly site: string | undefined;
  readonly assets: readonly string[];
  readonly identities: readonly string[];
  readonly ip: string | undefined;
  readonly account: string | undefined;
  readonly badge: string | undefined;
  /** Ids of observations. */
  readonly evidence: readonly string[];
}

export function seenOf(observation: Observation, registry: Registry): Seen {
  const { id, observedAt, source, site, asset, subjects, observables } = observation;
  return {
    id,
    at: observedAt,
    source,
    site: registry.asset(asset)?.site ?? site,
    assets: [asset],
    identities: identitiesOf(observation, registry),
    ip: observables?.ip,
    account: subjects?.account,
    badge: subjects?.badge,
    evidence: [id],
  };
}

/** What a gateway's rule or an outside sensor judged: `service` is its rule, `forced-open`. */
export const logsourceOfDetection = ({ rule }: Pick<Detection, 'rule'>): Logsource => ({
  category: 'detection',
  product: 'gatehouse',
  service: rule,
});

/** `kind` is `detection`; `asset`, `assets`, `identity`, `rule`, `severity`, `tactic`, observables, facts. */
export function eventOfDetection(detection: Detection): EventFields {
  const { at, rule, severity, source, site, assets, identities, observables, facts, tactic } = detection;
  const event: Record<string, unknown> = {
    ...facts,
    ...observables,
    kind: 'detection',
    rule,
    severity,
    source,
  };
  Object.assign(event, { observedAt: at, site, asset: assets[0], assets, person: identities });
  if (tactic !== undefined) event.tactic = tactic;
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));
}

export function seenOfDetection(detection: Detection): Seen {
  const { id, at, source, site, assets, identities, observables, evidence } = detection;
  const { ip, account, badge } = observables;
  return { id, at, source, site, assets, identities, ip, account, badge, evidence };
}
