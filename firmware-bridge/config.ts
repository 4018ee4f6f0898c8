/** The bridge's configuration file. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from '../devices/configuration.ts';
import { identifier } from '../devices/model/identifiers.ts';
import { linkKinds } from './links/catalog.ts';
import type { Link, LinkContext, LinkKind } from './links/link.ts';
import { type PortSettings, patternsOf } from './links/settings.ts';

/** Links of one bridge, at most: more serial ports than this are two machines. */
export const MAX_LINKS = 64;

const gateway = z.strictObject({
  url: z.string().regex(/^mqtts?:\/\/\S+$/, 'must be mqtt://HOST:PORT or mqtts://HOST:PORT'),
  username: z.string().min(1).max(128).optional(),
  password: z.string().max(512).optional(),
  /** File whose first line is the password; from the configuration's folder. */
  passwordFile: z.string().min(1).optional(),
  /** PEM of the authority that signed the gateway's certificate, for mqtts; from the configuration's folder. */
  caFile: z.string().min(1).optional(),
});

const common = {
  id: identifier,
  /** The node's name in topics: `node/<node>/…` */
  node: identifier,
};

const hasPort = (link: PortSettings): boolean => patternsOf(link).length > 0;
const needsPort = 'needs port, or ports with a pattern such as /dev/serial/by-id/usb-Arduino*';

const link = z.discriminatedUnion('type', [
  z
    .strictObject({ ...common, type: z.literal('door-node'), ...linkKinds['door-node'].settings.shape })
    .refine(hasPort, needsPort),
  z
    .strictObject({ ...common, type: z.literal('firmata'), ...linkKinds.firmata.settings.shape })
    .refine(hasPort, needsPort),
  z
    .strictObject({ id: identifier, type: z.literal('osdp'), ...linkKinds.osdp.settings.shape })
    .refine(hasPort, needsPort),
  z
    .strictObject({
      id: identifier,
      type: z.literal('modbus-rtu'),
      ...linkKinds['modbus-rtu'].settings.shape,
    })
    .refine(hasPort, needsPort),
  z.strictObject({
    id: identifier,
    type: z.literal('modbus-tcp'),
    ...linkKinds['modbus-tcp'].settings.shape,
  }),
  z
    .strictObject({ ...common, type: z.literal('scanner'), ...linkKinds.scanner.settings.shape })
    .refine(hasPort, needsPort),
  z
    .strictObject({ ...common, type: z.literal('scale'), ...linkKinds.scale.settings.shape })
    .refine(hasPort, needsPort),
  z
    .strictObject({ ...common, type: z.literal('ups'), ...linkKinds.ups.settings.shape })
    .refine(hasPort, needsPort),
  z
    .strictObject({ ...common, type: z.literal('gps'), ...linkKinds.gps.settings.shape })
    .refine(hasPort, needsPort),
  z
    .strictObject({
      ...common,
      type: z.literal('label-printer'),
      ...linkKinds['label-printer'].settings.shape,
    })
    .refine((each) => hasPort(each) !== (each.host !== undefined), 'needs host, or port, and not both'),
  z
    .strictObject({ ...common, type: z.literal('rfid-portal'), ...linkKinds['rfid-portal'].settings.shape })
    .refine(
      ({ inside, outside }) => !inside.some((antenna) => outside.includes(antenna)),
      'has an antenna on both sides: then there is no direction',
    ),
]);
export type LinkConfiguration = z.infer<typeof link>;

const configuration = z
  .strictObject({
    /** The bridge's name: `bridge/<id>/alive`, and its MQTT client. */
    id: identifier,
    gateway,
    links: z.array(link).min(1).max(MAX_LINKS),
  })
  .superRefine(({ links }, context) => {
    const ids = links.map(({ id }, index) => ({ name: id, path: ['links', index, 'id'] }));
    const nodes = links.flatMap((each, index) =>
      'node' in each
        ? [{ name: each.node, path: ['links', index, 'node'] }]
        : 'readers' in each
          ? each.readers.map(({ node }, at) => ({
              name: node,
              path: ['links', index, 'readers', at, 'node'],
            }))
          : each.devices.map(({ node }, at) => ({
              name: node,
              path: ['links', index, 'devices', at, 'node'],
            })),
    );
    for (const named of [ids, nodes]) {
      const first = new Map<string, (string | number)[]>();
      for (const { name, path } of named) {
        const earlier = first.get(name);
        if (earlier === undefined) first.set(name, path);
        else
          context.addIssue({
            code: 'custom',
            path,
            message: `"${name}" is also that of ${placeOf(earlier)}`,
          });
      }
    }
  });

/** `links[0]`, or `links[0].readers[1]`: whose name it is. */
const placeOf = (path: readonly (string | number)[]): string =>
  path
    .slice(0, -1)
    .map((part) => (typeof part === 'number' ? `[${part}]` : part))
    .join('.')
    .replaceAll('.[', '[');

export interface BridgeConfiguration {
  id: string;
  gateway: { url: string; username?: string; password?: string; ca?: string };
  links: LinkConfiguration[];
}

/**
 * @throws ConfigurationError with file, line and key; Error where a file can't be read
 */
export function loadConfiguration(file: string): BridgeConfiguration {
  const { id, links, gateway } = parseConfiguration(configuration, readText(file), file);
  const { url, username, passwordFile, caFile } = gateway;
  if (gateway.password !== undefined && passwordFile !== undefined)
    throw new ConfigurationError(file, [
      { line: 1, key: 'gateway', message: 'has both password and passwordFile; one is enough' },
    ]);
  const password =
    passwordFile === undefined
      ? gateway.password
      : readText(resolve(dirname(file), passwordFile)).split(/\r?\n/)[0];
  return {
    id,
    gateway: {
      url,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(caFile !== undefined && { ca: readText(resolve(dirname(file), caFile)) }),
    },
    links: links.map((each) =>
      each.type === 'osdp' ? { ...each, keysFile: resolve(dirname(file), each.keysFile) } : each,
    ),
  };
}

/** Makes the link that a configuration asks for. */
export function createLink(given: LinkConfiguration, context: LinkContext): Link {
  const { id: _id, type: _type, ...settings } = 'node' in given ? withoutNode(given) : given;
  switch (given.type) {
    case 'door-node':
      return make(linkKinds['door-node'], settings, context);
    case 'firmata':
      return make(linkKinds.firmata, settings, context);
    case 'osdp':
      return make(linkKinds.osdp, settings, context);
    case 'modbus-rtu':
      return make(linkKinds['modbus-rtu'], settings, context);
    case 'modbus-tcp':
      return make(linkKinds['modbus-tcp'], settings, context);
    case 'scanner':
      return make(linkKinds.scanner, settings, context);
    case 'scale':
      return make(linkKinds.scale, settings, context);
    case 'ups':
      return make(linkKinds.ups, settings, context);
    case 'gps':
      return make(linkKinds.gps, settings, context);
    case 'label-printer':
      return make(linkKinds['label-printer'], settings, context);
    case 'rfid-portal':
      return make(linkKinds['rfid-portal'], settings, context);
  }
}

function withoutNode<Given extends { node: string }>({ node: _node, ...rest }: Given): Omit<Given, 'node'> {
  return rest;
}

const make = <Schema extends z.ZodObject>(
  kind: LinkKind<Schema>,
  settings: unknown,
  context: LinkContext,
): Link => kind.create(kind.settings.parse(settings), context);

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new Error(`${file}: there is no such file`);
    if (code === 'EACCES') throw new Error(`${file}: no permission to read it`);
    throw error;
  }
}
