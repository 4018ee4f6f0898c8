/** The `page` part of a gateway's configuration: where the site page is, and who may do things there. */
import { z } from 'zod';
import { identifier, plainText } from '../../devices/model/identifiers.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { parsePasswordHash } from '../broker/password.ts';
import type { AccessConfiguration } from '../panel/door/configuration.ts';
import { openingsOf } from '../rules/surroundings.ts';

const port = z.number().int().min(0).max(65_535);
const path = z.string().min(1).max(4_096);
const host = z.string().max(253);

const pinHash = z
  .string()
  .refine(
    (text) => parsePasswordHash(text) !== undefined,
    'expected what `gatehouse edge --hash-pin` prints',
  );

/** Someone who may do things at the site page. */
const person = z.strictObject({
  name: plainText.min(1).max(64),
  /** Registered person, for the audit. */
  identity: identifier.optional(),
  account: z.string().max(128).optional(),
  /** As `gatehouse edge --hash-pin` prints it. */
  pinHash,
  /** A second PIN that disarms and silently calls for help. */
  duressPinHash: pinHash.optional(),
});
export type Person = z.infer<typeof person>;

/** The names tell people apart at the page. */
const people = z
  .array(person)
  .max(256)
  .default([])
  .superRefine((entries, context) => {
    const seen = new Set<string>();
    for (const [index, { name }] of entries.entries()) {
      if (seen.has(name.toLowerCase()))
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${name}" is already taken` });
      seen.add(name.toLowerCase());
    }
  });

/** A reader at which one can sign in with a badge. */
const badgeReader = z.strictObject({
  reader: identifier,
  /** `pin`: badge and PIN; `none`: the badge, as often as the page says. Not for a reader that opens anything. */
  secondFactor: z.enum(['pin', 'none']).default('pin'),
});

/** HTTPS for the site's network. Without it, phones and tablets can't keep the page for when the gateway is away. */
const tls = z
  .strictObject({
    host: host.default('0.0.0.0'),
    port: port.default(8443),
    /** One's own certificate, with those between it and its authority; absent: the gateway makes one. */
    certificateFile: path.optional(),
    keyFile: path.optional(),
    /**
     * Browsers are told never to use plain HTTP with this name again, on no port. Only with a certificate of one's own:
     * nobody can click past one that has gone bad.
     */
    strictTransport: z.boolean().default(false),
  })
  .superRefine(({ certificateFile, keyFile, strictTransport }, context) => {
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    if ((certificateFile === undefined) !== (keyFile === undefined))
      refuse('keyFile', 'certificateFile and keyFile go together');
    if (strictTransport && certificateFile === undefined)
      refuse('strictTransport', 'only with a certificate of your own (certificateFile)');
  });

export const pageConfiguration = z.strictObject({
  host: host.default('127.0.0.1'),
  port: port.default(8080),
  tls: tls.optional(),
  /** Take the client's address from X-Forwarded-For, as the one proxy in front writes it. */
  trustProxy: z.boolean().default(false),
  /** From the site's own network the page can be read without a PIN; nothing can be changed without one. */
  openReading: z.boolean().default(true),
  /** Host names that the page is reached by, besides addresses and local names. */
  names: z.array(host).max(32).default([]),
  people,
  badgeReaders: z
    .array(badgeReader)
    .max(32)
    .default([])
    .refine((entries) => new Set(entries.map(({ reader }) => reader)).size === entries.length, {
      message: 'a reader stands here twice',
    }),
});
export type PageConfiguration = z.infer<typeof pageConfiguration>;

/** Every asset that the page's part names, with the key under which it does. */
export const namedReaders = ({ badgeReaders }: PageConfiguration): [string, string][] =>
  badgeReaders.map(({ reader }, index) => [`page.badgeReaders[${index}].reader`, reader]);

/** Whoever passes a door would sign in the page of whoever waits for that: see badge-sign-in.ts. */
export const openersWithoutPin = (
  { badgeReaders }: PageConfiguration,
  access: AccessConfiguration,
  registry: Registry,
): { key: string; message: string }[] =>
  badgeReaders.flatMap(({ reader, secondFactor }, index) => {
    const opens =
      access.readers.find((entry) => entry.reader === reader)?.opens ??
      openingsOf(reader, registry).map(({ id }) => id);
    if (secondFactor === 'pin' || opens.length === 0) return [];
    const key = `page.badgeReaders[${index}].secondFactor`;
    return [{ key, message: `"${reader}" opens ${opens.join(', ')}: there it must be "pin"` }];
  });
