import { z } from 'zod';
import { durationMs, identifier, plainText } from '../../devices/model/identifiers.ts';
import { openingHours } from '../../devices/model/site.ts';

/** Pages and folders that one cloud looks at. */
export const MAX_PAGES = 500;
export const MAX_FOLDERS = 50;

const page = z.strictObject({
  url: z.url({ protocol: /^https?$/, normalize: true }),
  /** Cards and passwords are typed in here. */
  payment: z.boolean().default(false),
  /** What it belongs to; the monitor's own asset where it is not said. */
  asset: identifier.optional(),
});

const folder = z.strictObject({
  path: z.string().min(1).max(4_096),
  /** Which host they lie on, or which shop they are of. */
  asset: identifier.optional(),
  /** `*` within a name, `**` over folders, `?` one character; a name without a slash holds at any depth. */
  ignore: z.array(z.string().min(1).max(256)).max(200).default([]),
});

/** The key `integrity:` of the cloud's configuration. */
export const integritySettings = z
  .strictObject({
    /** The shop. */
    asset: identifier,
    pages: z.array(page).max(MAX_PAGES).default([]),
    /** Hosts whose scripts are fetched as well, `host` or `host:port`; those of the pages are among them. */
    scriptHosts: z.array(z.string().min(1).max(260)).max(100).default([]),
    everyMs: durationMs.min(1_000).default(10 * 60_000),
    /** Fetches that make up what a page may be: more where a shop serves several versions of it. */
    learnFetches: z.number().int().min(1).max(100).default(3),
    timeoutMs: z.number().int().min(100).max(120_000).default(15_000),
    maxPageBytes: z
      .number()
      .int()
      .min(1_024)
      .max(32 * 1_048_576)
      .default(4 * 1_048_576),
    /** What the shop's servers see; some skimmers hide from what is no browser. */
    userAgent: plainText.min(1).max(300).default('Mozilla/5.0 (compatible; Gatehouse integrity monitor)'),
    /** PEM file of an authority of one's own. */
    authorityFile: z.string().min(1).max(4_096).optional(),
    /** Pages may lie inside the network, or on this machine. */
    allowPrivate: z.boolean().default(false),
    /** Remind of a certificate that ends within this time. */
    certificateMs: durationMs.default(21 * 24 * 3_600_000),
    /** When the shop is deployed: changes of its own scripts and files are taken as announced. */
    deployWindows: z.array(openingHours).max(28).default([]),
    files: z.array(folder).max(MAX_FOLDERS).default([]),
    filesEveryMs: durationMs.min(1_000).default(3_600_000),
  })
  .refine(({ pages, files }) => pages.length + files.length > 0, 'names neither pages nor files');
export type IntegritySettings = z.infer<typeof integritySettings>;
