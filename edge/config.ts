import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from '../devices/configuration.ts';
import { durationMs, identifier } from '../devices/model/identifiers.ts';
import { type Registry, registryDocument, registryOf } from '../devices/model/registry.ts';
import { writtenProfiles } from '../devices/profiles/written-profile.ts';
import { namedReaders, openersWithoutPin, pageConfiguration } from './api/configuration.ts';
import { identityEntry } from './broker/identities.ts';
import { cameraConfiguration, evidenceConfiguration } from './cameras/configuration.ts';
import { externalBroker } from './drivers/external-broker.ts';
import { armingConfiguration } from './panel/arming-state.ts';
import {
  type AccessConfiguration,
  accessConfiguration,
  namedAssets,
  namedPeople,
  namedZones,
} from './panel/door/configuration.ts';
import {
  deliveryConfiguration,
  namedInDeliveries,
  peopleInDeliveries,
} from './panel/hand-over-configuration.ts';
import { everyRule, ruleConfigurations } from './rules/configuration.ts';
import { sealingSettings } from './sealing/settings.ts';
import { assignmentProblems, assignments } from './site/assignments.ts';
import { transmissionSettings } from './transmission/settings.ts';

export type { Person } from './api/configuration.ts';

const port = z.number().int().min(0).max(65_535);
const path = z.string().min(1).max(4_096);

/** A gateway's configuration: one YAML file. Paths are relative to it. */
export const gatewayDocument = z.strictObject({
  gateway: z.strictObject({
    id: identifier,
    site: identifier,
    /** Directory for everything that must survive a restart. */
    state: path,
    /** Disk that the outbox may use. */
    maxOutboxBytes: z.number().int().min(16_777_216).default(1_073_741_824),
    /** Records the cloud has are kept this long for the site itself. */
    retainMs: durationMs.default(72 * 3_600_000),
    /**
     * `system`: the machine's clock is believed unless it lies behind what was recorded; `synchronized`: only once
     * systemd-timesyncd or chrony says that a time server has set it.
     */
    clock: z.enum(['system', 'synchronized']).default('system'),
  }),
  /** File with the sites, zones, assets and identities. */
  registry: path,
  broker: z.strictObject({
    tls: z
      .strictObject({
        port: port.default(8883),
        host: z.string().max(253).optional(),
        names: z.array(z.string().max(253)).max(32).optional(),
        certificateFile: path.optional(),
        keyFile: path.optional(),
      })
      .optional(),
    /** Without TLS, on the loopback interface alone. */
    plain: z.strictObject({ port: port.default(1883) }).optional(),
    identities: z.array(identityEntry).max(10_000).default([]),
  }),
  /** Brokers that were at the site before: a zigbee2mqtt with its own mosquitto. */
  brokers: z.array(externalBroker).max(16).default([]),
  /** Families of devices that this file describes itself. */
  profiles: writtenProfiles.default([]),
  devices: assignments.default([]),
  cameras: z.array(cameraConfiguration).max(256).default([]),
  /** Pictures that are kept for detections. */
  evidence: evidenceConfiguration.default(evidenceConfiguration.parse({})),
  /** Where the key lies that this gateway's secrets are sealed with. */
  sealing: sealingSettings.default({ kind: 'auto' }),
  /** Absent: every rule there is, as it comes. */
  rules: ruleConfigurations.default(everyRule),
  panel: armingConfiguration,
  access: accessConfiguration.default(accessConfiguration.parse({})),
  /** Absent: nothing is expected, and nobody who delivers is checked. */
  deliveries: deliveryConfiguration.default(deliveryConfiguration.parse({})),
  uplink: z
    .strictObject({
      mqtt: z.url({ protocol: /^mqtts?$/ }).optional(),
      https: z.url({ protocol: /^https?$/ }).optional(),
      /** Certificate of the cloud, where no public authority signed it. */
      caFile: path.optional(),
      tokenFile: path,
    })
    .refine(({ mqtt, https }) => mqtt !== undefined || https !== undefined, 'needs mqtt, https, or both')
    .optional(),
  /** A monitoring station that is told of alarms. */
  transmission: transmissionSettings.optional(),
  page: pageConfiguration.default(pageConfiguration.parse({})),
});

export type GatewayDocument = z.infer<typeof gatewayDocument>;

/** A configuration that holds together: every asset it names is there. */
export interface GatewayConfiguration extends Omit<GatewayDocument, 'registry' | 'access'> {
  readonly access: AccessConfiguration;
  readonly file: string;
  readonly registryFile: string;
  readonly registry: Registry;
  /** A path of the configuration, from where the file lies. */
  resolve(path: string): string;
}

/**
 * Reads a gateway's configuration and the registry it names.
 * @param textOf of a file, where something else is to be looked at than what lies on the disk
 * @throws ConfigurationError that names file, line and key
 */
export function readGatewayConfiguration(
  file: string,
  textOf: (file: string) => string = onDisk,
): GatewayConfiguration {
  const document = parseConfiguration(gatewayDocument, textOf(file), file);
  const from = (relative: string) => resolve(dirname(file), relative);
  const registryFile = from(document.registry);
  const registry = registryOf(parseConfiguration(registryDocument, textOf(registryFile), registryFile));
  const siteId = document.gateway.site;
  if (registry.site(siteId) === undefined) {
    throw new ConfigurationError(file, [
      { line: 1, key: 'gateway.site', message: `there is no site "${siteId}" in ${registryFile}` },
    ]);
  }
  const problems = [
    ...assignmentProblems(document.devices, registry, siteId).map((problem) => ({
      key: `devices${problem.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}`,
      message: problem.message,
    })),
    ...strangers(document, registry, siteId),
  ];
  if (problems.length > 0) {
    // Lines are those of the schema's own problems; what only the registry knows is named by its key.
    throw new ConfigurationError(
      file,
      problems.map((problem) => ({ line: 1, ...problem })),
    );
  }
  const signInReaders = document.page.badgeReaders.map(({ reader }) => reader);
  const access = { ...document.access, signInReaders };
  return { ...document, access, file, registryFile, registry, resolve: from };
}

/** Assets, people and zones that the configuration names and the registry does not have. */
export function strangers(
  {
    panel,
    access,
    deliveries,
    cameras,
    page,
  }: Pick<GatewayDocument, 'panel' | 'access' | 'deliveries' | 'cameras' | 'page'>,
  registry: Registry,
  siteId: string,
) {
  const named: [string, string][] = [
    ['panel.asset', panel.asset],
    ...(['entryDoors', 'perimeter', 'interior', 'always', 'sirens', 'buzzers'] as const).flatMap((list) =>
      panel[list].map((asset, index): [string, string] => [`panel.${list}[${index}]`, asset]),
    ),
    ...namedAssets(access),
    ...namedInDeliveries(deliveries),
    ...namedReaders(page),
    ...cameras.map(({ asset }, index): [string, string] => [`cameras[${index}].asset`, asset]),
  ];
  const people = [...namedPeople(access), ...peopleInDeliveries(deliveries)];
  return [
    ...named.flatMap(([key, asset]) =>
      registry.asset(asset)?.site === siteId
        ? []
        : [{ key, message: `site "${siteId}" has no asset "${asset}"` }],
    ),
    ...openersWithoutPin(page, access, registry),
    ...people.flatMap(([key, identity]) =>
      registry.identity(identity) === undefined
        ? [{ key, message: `there is no person "${identity}" in the registry` }]
        : [],
    ),
    ...namedZones(access).flatMap(([key, zone]) =>
      registry.zone(zone)?.site === siteId
        ? []
        : [{ key, message: `site "${siteId}" has no zone "${zone}"` }],
    ),
  ];
}

function onDisk(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(file, [{ line: 1, key: '', message: `can't be read: ${message}` }]);
  }
}
