/**
 * The trail in one file that proves itself: a line of JSON each for the header, every entry, the incidents, the
 * gateways' records, and a seal over all of it. `gatehouse verify` needs nothing else.
 */
import { createHash } from 'node:crypto';
import type { Store } from '../store/store.ts';
import { sha256Of } from './canonical.ts';
import { detectionsSha256, MAX_HASHED_DETECTIONS, readEntry } from './entry.ts';
import { consistencyProof, inclusionProof, leafHash } from './merkle.ts';
import type { NoteSigner } from './note.ts';
import type { TileLog } from './tile-log.ts';

export const EXPORT_FORMAT = 'gatehouse-audit-export/1';
/** Records read at a time. */
const PAGE = 500;
/** Changes that may wait while an export is made, at most looked at. */
const MAX_BATCH = 5_000;

export interface ExportWishes {
  /** Only what concerns one incident. */
  incident?: string;
  /** With the gateways' own records, and so with their chains. */
  records?: boolean;
  /** Proof that the log goes on from its first so many entries. */
  since?: number;
}

export interface ExportParts {
  log: TileLog;
  signer: NoteSigner;
  store: Store;
  exportedAt: number;
}

/** What a seal's signature covers. */
export const sealText = (origin: string, lines: number, sha256: string): string =>
  `${origin}/export\n${lines}\n${sha256}\n`;

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/**
 * The lines of an export, each with its line feed.
 * @throws RangeError where `since` is more than there is
 */
export async function* exportLines(parts: ExportParts, wishes: ExportWishes): AsyncGenerator<string> {
  const digest = createHash('sha256');
  let lines = 0;
  for await (const value of exported(parts, wishes)) {
    const line = `${JSON.stringify(value)}\n`;
    digest.update(line);
    lines++;
    yield line;
  }
  const seal = parts.signer.sign(sealText(parts.signer.name, lines, digest.digest('base64')));
  yield `${JSON.stringify({ seal })}\n`;
}

interface Lane {
  gateway: string;
  epoch: string;
  lane: 'alarm' | 'bulk';
}

async function* exported(parts: ExportParts, wishes: ExportWishes): AsyncGenerator<object> {
  const { log, signer, store, exportedAt } = parts;
  const { size } = log.checkpoint;
  const note = log.note;
  const { incident, records = false, since } = wishes;
  // Of the tree as it is now: what is added meanwhile changes neither proofs nor entries before it.
  const older =
    since === undefined
      ? undefined
      : { size: since, proof: (await consistencyProof(since, size, log.range)).map(base64) };
  yield {
    format: EXPORT_FORMAT,
    key: signer.text,
    checkpoint: note,
    history: await log.history(),
    exportedAt,
    part: incident === undefined ? 'all' : 'incident',
    ...(older === undefined ? {} : { older }),
  };
  const lanes = new Map<string, Lane>();
  const written = new Map<string, { sha256: string; detectionsSha256: string }>();
  let number = 0;
  for await (const bytes of log.entries(0, size)) {
    const entry = Buffer.from(bytes).toString();
    const read = readEntry(bytes);
    const body = typeof read === 'string' ? undefined : read.body;
    const concerns = incident === undefined || (body !== undefined && isAbout(body, incident));
    if (body?.type === 'lane') {
      const { gateway, epoch, lane } = body;
      lanes.set(`${gateway}/${epoch}/${lane}`, { gateway, epoch, lane });
    }
    if (body?.type === 'incident') written.set(body.incident, body);
    if (body?.type === 'incident-ended') written.delete(body.incident);
    if (concerns)
      yield incident === undefined
        ? { number, leaf: base64(leafHash(bytes)), entry }
        : { number, entry, proof: (await inclusionProof(number, size, log.range)).map(base64) };
    number++;
  }
  yield* incidentsOf(parts, size, written, incident);
  if (records && incident === undefined) for (const lane of lanes.values()) yield* recordsOf(store, lane);
}

const isAbout = (body: object, incident: string): boolean =>
  ('incident' in body && body.incident === incident) ||
  ('into' in body && body.into === incident) ||
  ('about' in body && body.about === incident);

async function* incidentsOf(
  { store, log }: ExportParts,
  size: number,
  written: ReadonlyMap<string, { sha256: string; detectionsSha256: string }>,
  only: string | undefined,
): AsyncGenerator<object> {
  for (const [id, last] of written) {
    if (only !== undefined && id !== only) continue;
    const incident = store.incident(id);
    // An old name leads to the incident that took it over.
    if (incident === undefined || incident.id !== id) {
      if (await isNewer(store, log, size, id)) yield { gone: id, waits: true };
      continue;
    }
    const detections = incident.detections
      .slice(0, MAX_HASHED_DETECTIONS)
      .flatMap((one) => store.detection(one) ?? []);
    const isWritten =
      sha256Of(incident) === last.sha256 && detectionsSha256(detections) === last.detectionsSha256;
    // What differs without being newer was altered: the verifier says so.
    const waits = !isWritten && (await isNewer(store, log, size, id));
    yield { incident, detections, ...(waits ? { waits } : {}) };
  }
}

/** Whether an incident has changed since the log had so many entries. */
async function isNewer(store: Store, log: TileLog, size: number, id: string): Promise<boolean> {
  if (store.changes(MAX_BATCH).some((change) => change.kind === 'incident' && change.id === id)) return true;
  for await (const bytes of log.entries(size)) {
    const read = readEntry(bytes);
    if (typeof read !== 'string' && 'incident' in read.body && read.body.incident === id) return true;
  }
  return false;
}

async function* recordsOf(store: Store, lane: Lane): AsyncGenerator<object> {
  yield { lane };
  let after = 0;
  for (;;) {
    const page = store.chained(lane, after, PAGE);
    for (const record of page) yield { record };
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.sequence;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
