/** Takes a changed configuration without a restart where that is possible, and says where it is not. */
import type { GatewayConfiguration } from './config.ts';
import type { RunningGateway } from './run.ts';
import { assignmentKey } from './site/kept.ts';
import type { OpenSitePage } from './site-page.ts';

/** What came of a changed configuration, by the sections of the file. */
export interface Reloaded {
  /** The configuration that is in force now, as far as it was taken. */
  inForce: GatewayConfiguration;
  taken: string[];
  /** Changed in the file and not in force before a restart. */
  needsRestart: string[];
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/**
 * @param inForce what `running` has been told so far
 * @throws RangeError when the rules name what does not exist; then nothing has changed
 */
export function takeConfiguration(
  running: RunningGateway,
  page: Pick<OpenSitePage, 'replacePeople'>,
  inForce: GatewayConfiguration,
  wanted: GatewayConfiguration,
): Reloaded {
  const taken: string[] = [];
  const hasRegistry = !isSame(inForce.registry.document, wanted.registry.document);
  const hasRules = !isSame(inForce.rules, wanted.rules);
  if (hasRegistry || hasRules) {
    running.registry.replace(wanted.registry);
    try {
      // The registry alone may change which assets a rule watches.
      running.gateway.replaceRules(wanted.rules);
    } catch (error) {
      running.registry.replace(inForce.registry);
      throw error;
    }
    running.coldChain.reconfigure(wanted.rules);
    taken.push(...(hasRegistry ? ['registry'] : []), ...(hasRules ? ['rules'] : []));
  }
  if (!isSame(inForce.broker.identities, wanted.broker.identities)) {
    running.drivers.broker.replaceIdentities(wanted.broker.identities);
    taken.push('broker.identities');
  }
  if (!isSame(inForce.devices, wanted.devices)) {
    takeDevices(running, inForce.devices, wanted.devices);
    taken.push('devices');
  }
  const hasAccess = !isSame(inForce.access, wanted.access);
  const hasDeliveries = !isSame(inForce.deliveries, wanted.deliveries);
  if (hasAccess || hasDeliveries) {
    running.gateway.replaceAccess(wanted.access, wanted.deliveries);
    taken.push(...(hasAccess ? ['access'] : []), ...(hasDeliveries ? ['deliveries'] : []));
  }
  if (!isSame(inForce.page.people, wanted.page.people)) {
    page.replacePeople(wanted.page.people);
    taken.push('page.people');
  }
  return {
    inForce: {
      ...inForce,
      registry: wanted.registry,
      rules: wanted.rules,
      devices: wanted.devices,
      access: wanted.access,
      deliveries: wanted.deliveries,
      broker: { ...inForce.broker, identities: wanted.broker.identities },
      page: { ...inForce.page, people: wanted.page.people },
    },
    taken,
    needsRestart: sectionsForRestart(inForce, wanted),
  };
}

function sectionsForRestart(inForce: GatewayConfiguration, wanted: GatewayConfiguration): string[] {
  const { people: _old, ...page } = inForce.page;
  const { people: _new, ...wantedPage } = wanted.page;
  const sections: [string, unknown, unknown][] = [
    ['gateway', inForce.gateway, wanted.gateway],
    ['broker.tls', inForce.broker.tls, wanted.broker.tls],
    ['broker.plain', inForce.broker.plain, wanted.broker.plain],
    ['brokers', inForce.brokers, wanted.brokers],
    ['profiles', inForce.profiles, wanted.profiles],
    ['cameras', inForce.cameras, wanted.cameras],
    ['evidence', inForce.evidence, wanted.evidence],
    ['panel', inForce.panel, wanted.panel],
    ['uplink', inForce.uplink, wanted.uplink],
    ['page', page, wantedPage],
  ];
  return sections.filter(([, before, after]) => !isSame(before, after)).map(([name]) => name);
}

/** What was assigned at the page stays, unless the file has changed its word about that very device. */
function takeDevices(
  { gateway, outbox }: RunningGateway,
  before: GatewayConfiguration['devices'],
  after: GatewayConfiguration['devices'],
): void {
  const known = new Map(before.map((entry) => [entry.device, entry]));
  const wanted = new Set(after.map(({ device }) => device));
  for (const entry of before) {
    if (wanted.has(entry.device) || !isSame(gateway.site.assignmentOf(entry.device), entry)) continue;
    gateway.site.unassign(entry.device);
  }
  for (const entry of after) {
    if (isSame(known.get(entry.device), entry)) continue;
    gateway.site.assign(entry);
    // It stands in the file: kept as well, it would go before the file's next word.
    outbox.forget(assignmentKey(entry.device));
  }
}
