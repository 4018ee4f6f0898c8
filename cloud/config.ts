import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from '../devices/configuration.ts';
import { durationMs, plainText } from '../devices/model/identifiers.ts';
import { type Registry, registryDocument, registryOf } from '../devices/model/registry.ts';
import { alertingSettings } from './alerting/settings.ts';
import { parsePasswordHash } from './api/password.ts';
import { role } from './api/rights.ts';
import { auditSettings } from './audit/trail.ts';
import { authoritySettings } from './authority/settings.ts';
import { awarenessSettings } from './awareness/configuration.ts';
import type { GraphDocument } from './cascade/graph.ts';
import { readGraph } from './cascade/read-graph.ts';
import { continuitySettings } from './continuity/settings.ts';
import { identityBridgeSettings } from './identity-bridge/bridge.ts';
import { gatewayCredential } from './ingest/credentials.ts';
import { integritySettings } from './integrity/configuration.ts';
import { intelligenceSettings } from './intelligence/configuration.ts';
import { mailServer } from './mail/mail.ts';
import { catalog as monitorCatalog, standingCatalog } from './monitors/catalog.ts';
import { accountScope } from './people/account-scope.ts';
import { personalDataSettings, signInSettings } from './people/settings.ts';
import { responseSettings } from './playbooks/settings.ts';
import { type PolicyEntry, readPolicies } from './policy/document.ts';
import { serviceLevels } from './shifts/service-levels.ts';
import { pictureSettings } from './situation/settings.ts';
import { sourceList, withFiles } from './sources/configuration.ts';
import { HOUSE } from './store/store.ts';
import { toolkitSettings } from './toolkit/settings.ts';

/** 0: any free port; the line that says "ready" tells which. */
const port = z.number().int().min(0).max(65_535);
const path = z.string().min(1).max(4_096);
const host = z.string().min(1).max(253);

/** Without files a self-signed certificate is made and kept as certificate.pem and key.pem in the state directory. */
const certificate = {
  certificateFile: path.optional(),
  keyFile: path.optional(),
  /** Names and addresses that a self-made certificate is good for. */
  names: z.array(host).min(1).max(32).default(['localhost', '127.0.0.1']),
};
const both = {
  check: ({ certificateFile, keyFile }: { certificateFile?: unknown; keyFile?: unknown }) =>
    (certificateFile === undefined) === (keyFile === undefined),
  says: 'certificateFile and keyFile belong together',
};

const http = z.strictObject({
  host: host.default('127.0.0.1'),
  port: port.default(8443),
  /** Without it plain HTTP is spoken: on the loopback interface, behind a proxy that speaks TLS. */
  tls: z.strictObject(certificate).refine(both.check, both.says).optional(),
  /** Take the client's address and scheme from X-Forwarded-For and -Proto, as the one proxy in front writes them. */
  trustProxy: z.boolean().default(false),
  /** Folder with the built desk; the one of this repository where it is not said. */
  pages: path.optional(),
  /** SHA-256 (hex) of the token that a collector of metrics sends; without it only this machine may ask. */
  metricsTokenSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')
    .optional(),
});

const mqtt = z.strictObject({
  tls: z
    .strictObject({ host: host.default('0.0.0.0'), port: port.default(8883), ...certificate })
    .refine(both.check, both.says)
    .optional(),
  /** Without TLS, on the loopback interface alone. */
  plain: z.strictObject({ port: port.default(1883) }).optional(),
});

const telemetry = z.discriminatedUnion('engine', [
  z.strictObject({ engine: z.literal('embedded') }),
  z.strictObject({
    engine: z.literal('influx'),
    host: host.default('127.0.0.1'),
    port: port.default(8086),
    protocol: z.enum(['http', 'https']).default('http'),
    database: z.string().min(1).max(64).default('gatehouse'),
    username: z.string().max(128).optional(),
    /** A file that holds the password and nothing else. */
    passwordFile: path.optional(),
  }),
]);

const account = z.strictObject({
  name: plainText
    .min(1)
    .max(64)
    .refine((name) => name.trim() === name, 'must not begin or end with a blank')
    .refine((name) => name !== HOUSE, 'this name is the house itself'),
  role,
  /** As `gatehouse cloud --hash-password` prints it. */
  passwordHash: z
    .string()
    .max(256)
    .refine((text) => parsePasswordHash(text) !== undefined, 'expected what --hash-password prints'),
  /** Where alerts are sent to until its person says another address. */
  email: z.email().max(254).optional(),
  /** Sees these tenants or sites alone; everything where it is not said. */
  scope: accountScope.optional(),
});

const session = z.strictObject({
  /** Signed out this long after signing in, whatever happens. */
  lifetimeMs: durationMs.min(60_000).default(12 * 3_600_000),
  /** Signed out after this long without a request. */
  idleMs: durationMs.min(60_000).default(4 * 3_600_000),
});

const scenarios = z.strictObject({
  /** Where a simulator lists its scenarios (`GET /scenarios`) and starts one (`POST /scenarios/<id>`). */
  url: z.url({ protocol: /^https?$/ }),
  /** A file that holds the token for it and nothing else. */
  tokenFile: path,
});

/** Settings by kind of monitor; a kind that is not named runs with its defaults. */
const monitors = z.strictObject(
  Object.fromEntries(
    [...monitorCatalog, ...standingCatalog].map(({ kind, configuration }) => [
      kind,
      configuration.optional(),
    ]),
  ),
);

const sigma = z.strictObject({
  /** A folder with Sigma rules, filters and correlations; read again when it changes. */
  rules: path,
  /** What placeholders of the modifier `expand` stand for. */
  placeholders: path.optional(),
  /** A pause longer than this ends a detection; the next match is another. */
  pauseMs: durationMs.min(1_000).default(10 * 60_000),
  /** How late an observation may come and still take part in a correlation. */
  latenessMs: durationMs.default(3_600_000),
  /** Another lateness for sources by name, or by what stands before the colon of a name. */
  latenessBySource: z.record(plainText.max(256), durationMs).default({}),
});

/** The cloud's configuration: one YAML file. Paths are relative to it. */
export const cloudDocument = z.strictObject({
  /** File with the sites, zones, assets and identities. */
  registry: path,
  /** File with dependencies, services, threats and mitigations; the registry's own links count without it. */
  dependencies: path.optional(),
  /** Directory for everything that must survive a restart. */
  state: path,
  http: http.prefault({}),
  ingest: z.strictObject({ mqtt: mqtt.prefault({}) }).prefault({}),
  /** The operator's own authority: gateways join with a code, and prove who they are by certificate. */
  authority: authoritySettings.optional(),
  gateways: z.array(gatewayCredential).max(100_000).default([]),
  sources: sourceList.default([]),
  monitors: monitors.default({}),
  /** Which of the 19 tools are off to begin with. */
  toolkit: toolkitSettings.prefault({}),
  sigma: sigma.optional(),
  intelligence: intelligenceSettings.prefault({}),
  /** The shop's pages and files, looked at again and again. */
  integrity: integritySettings.optional(),
  /** File with the rules of the house (cloud/policy/starter.yaml to begin with). */
  policies: path.optional(),
  /** What the situational picture shows of people, how fresh it wants to be, how far back it goes. */
  picture: pictureSettings.prefault({}),
  audit: auditSettings.prefault({}),
  awareness: awarenessSettings.prefault({}),
  identityBridge: identityBridgeSettings.prefault({}),
  /** Whom playbooks may tell what: partners by HTTP, people by mail. */
  response: responseSettings.prefault({}),
  telemetry: telemetry.default({ engine: 'embedded' }),
  /** Where mail is handed over: for alerts, playbooks, reports. */
  mail: mailServer.optional(),
  alerting: alertingSettings.prefault({}),
  /** Created where there is no account of that name yet; later changes here change nothing. */
  accounts: z.array(account).max(1_000).default([]),
  session: session.prefault({}),
  serviceLevels: serviceLevels.prefault({}),
  /** Passkeys, identity providers, and what roles demand. */
  signIn: signInSettings.prefault({}),
  personalData: personalDataSettings.prefault({}),
  /** Plans that are there from the first start on. */
  continuity: continuitySettings.prefault({}),
  /** Offered on the desk where the installation drives a simulator. */
  scenarios: scenarios.optional(),
});
export type CloudDocument = z.infer<typeof cloudDocument>;

/** A configuration that holds together: every site and asset it names is there. */
export interface CloudConfiguration extends Omit<CloudDocument, 'registry' | 'dependencies' | 'policies'> {
  readonly file: string;
  readonly registryFile: string;
  readonly registry: Registry;
  /** What the file of dependencies says. */
  readonly graph: GraphDocument | undefined;
  /** What the file of rules says. */
  readonly policies: readonly PolicyEntry[];
  /** A path of the configuration, from where the file lies. */
  resolve(path: string): string;
}

/**
 * Reads a cloud's configuration and the registry it names.
 * @throws ConfigurationError that names file, line and key
 */
export function readCloudConfiguration(file: string): CloudConfiguration {
  const from = (relative: string) => resolve(dirname(file), relative);
  let registry: Registry | undefined;
  let registryFile = '';
  // In one pass with the schema, so that what only the registry knows is told with its line as well.
  const whole = cloudDocument.superRefine((document, context) => {
    registryFile = from(document.registry);
    registry = registryOf(parseConfiguration(registryDocument, textOf(registryFile), registryFile));
    for (const problem of strangers(document, registry)) context.addIssue({ code: 'custom', ...problem });
  });
  const document = parseConfiguration(whole, textOf(file), file);
  if (registry === undefined) throw new Error('a document that was taken has read its registry');
  const sources = document.sources.map((source) => ({
    ...source,
    transport: withFiles(source.transport, from),
  }));
  const { dependencies, policies: policyFile, ...rest } = document;
  const policies = policyFile === undefined ? [] : readPolicies(from(policyFile));
  const graph = dependencies === undefined ? undefined : readGraph(from(dependencies));
  return { ...rest, sources, file, registryFile, registry, graph, policies, resolve: from };
}

interface Problem {
  path: (string | number)[];
  message: string;
}

/** Addresses of the API; a source's posts would never arrive there. */
const taken = /^\/(api|learn|ingest|assets|healthz|readyz|metrics|openapi\.json|taxii2)(\/|$)|^\/$/;

/** Names that the registry does not know, and names that are there twice. */
function strangers({ gateways, sources, accounts }: CloudDocument, registry: Registry): Problem[] {
  const problems: Problem[] = [];
  const twice = (list: string, names: readonly string[], key: string) =>
    names.forEach((name, index) => {
      if (names.indexOf(name) < index)
        problems.push({ path: [list, index, key], message: `"${name}" is already taken` });
    });
  twice(
    'gateways',
    gateways.map(({ id }) => id),
    'id',
  );
  twice(
    'accounts',
    accounts.map(({ name }) => name),
    'name',
  );
  gateways.forEach(({ site }, index) => {
    if (registry.site(site) === undefined)
      problems.push({ path: ['gateways', index, 'site'], message: `there is no site "${site}"` });
  });
  sources.forEach(({ asset, site, transport }, index) => {
    if (transport.type === 'http-post' && taken.test(transport.path ?? ''))
      problems.push({
        path: ['sources', index, 'transport', 'path'],
        message: `"${transport.path}" is the cloud's own`,
      });
    if (site !== undefined && registry.site(site) === undefined)
      problems.push({ path: ['sources', index, 'site'], message: `there is no site "${site}"` });
    if (site === undefined && registry.asset(asset) === undefined)
      problems.push({ path: ['sources', index, 'asset'], message: `there is no asset "${asset}"` });
  });
  return problems;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(file, [{ line: 1, key: '', message: `can't be read: ${message}` }]);
  }
}
