import { z } from 'zod';
import { identifier, plainText } from '../../devices/model/identifiers.ts';
import { sourceFormats } from './catalog.ts';
import type { SourceFormat } from './source.ts';
import { followedFile } from './transports/followed-file.ts';
import { httpPost } from './transports/http-post.ts';
import { syslogTcp } from './transports/syslog-tcp.ts';
import { syslogTls } from './transports/syslog-tls.ts';
import { syslogUdp } from './transports/syslog-udp.ts';

/** More than this belongs behind a collector of logs. */
export const MAX_SOURCES = 256;

/** How inputs arrive. A new way is one file, one line here and one in sources.ts. */
const transport = z.discriminatedUnion('type', [followedFile, syslogUdp, syslogTcp, syslogTls, httpPost]);

const quota = z.strictObject({
  /** Inputs a second in the long run. */
  perSecond: z.number().min(0.1).max(1_000_000).default(5_000),
  /** Inputs at once. */
  burst: z.number().int().min(1).max(1_000_000).default(20_000),
});

/** Keys that every source has. */
const shared = {
  /** Stands in the ids of its records: never give it to another source. */
  name: identifier,
  /** For people; the format's title where it is not said. */
  title: plainText.max(256).optional(),
  /** What its records are about where they do not say so themselves. */
  asset: identifier,
  /** Where that is not the asset's site. */
  site: identifier.optional(),
  transport,
  quota: quota.prefault({}),
};

const entryOf = (format: SourceFormat) =>
  z
    .strictObject({ ...format.settings, ...shared, format: z.literal(format.name) })
    .refine((entry) => format.unit === 'line' || entry.transport.type === 'http-post', {
      path: ['transport', 'type'],
      error: `${format.name} comes in whole documents: it needs the transport http-post`,
    });

const [first, ...others] = sourceFormats.map(entryOf);
if (first === undefined) throw new Error('the catalog of formats is empty');

/** One source, with the keys of its format beside those that every source has. */
export const sourceEntry = z.discriminatedUnion('format', [first, ...others], {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? `expected one of the formats ${sourceFormats.map(({ name }) => name).join(', ')}`
      : undefined,
});
export type SourceEntry = z.infer<typeof sourceEntry>;

/** The list `sources:` of the cloud's configuration. */
export const sourceList = z
  .array(sourceEntry)
  .max(MAX_SOURCES)
  .superRefine((entries, context) => {
    const unique = (values: readonly (string | undefined)[], path: string[], what: string) => {
      const seen = new Set<string>();
      values.forEach((value, index) => {
        if (value === undefined) return;
        if (seen.has(value))
          context.addIssue({
            code: 'custom',
            path: [index, ...path],
            message: `${what} "${value}" is already taken`,
          });
        seen.add(value);
      });
    };
    unique(
      entries.map(({ name }) => name),
      ['name'],
      'the name',
    );
    unique(
      entries.map(({ name, transport: by }) =>
        by.type === 'http-post' ? (by.path ?? `/sources/${name}`) : undefined,
      ),
      ['transport', 'path'],
      'the path',
    );
  });
export type SourceList = z.infer<typeof sourceList>;

type Transport = SourceEntry['transport'];

/** The same transport with its files' paths as `from` gives them: relative to the configuration. */
export function withFiles(transport: Transport, from: (path: string) => string): Transport {
  switch (transport.type) {
    case 'followed-file':
      return { ...transport, path: from(transport.path) };
    case 'syslog-tls':
      return {
        ...transport,
        certificateFile: from(transport.certificateFile),
        keyFile: from(transport.keyFile),
        ...(transport.clientAuthorityFile === undefined
          ? {}
          : { clientAuthorityFile: from(transport.clientAuthorityFile) }),
      };
    case 'http-post': {
      const { signature } = transport;
      return signature?.secretFile === undefined
        ? transport
        : { ...transport, signature: { ...signature, secretFile: from(signature.secretFile) } };
    }
    default:
      return transport;
  }
}
