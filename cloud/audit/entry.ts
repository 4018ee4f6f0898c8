/** What stands in the audit trail: one line of canonical JSON each. Pure. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { lane } from '../../devices/wire.ts';
import type { Change } from '../store/store.ts';
import { canonicalJson, sha256Of } from './canonical.ts';

/** Of a text that people or machines wrote, so much stands in the trail; the store has the whole. */
const MAX_TEXT = 4_000;
/** Of an incident's detections so many, in the incident's own order, are part of its revision. */
export const MAX_HASHED_DETECTIONS = 512;

const count = z.number().int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const text = z.string().max(MAX_TEXT);

const about = z.discriminatedUnion('type', [
  /** Somebody did something: signed in, handled an incident, exported, decided. */
  z.strictObject({ type: z.literal('acted'), at: count, by: text, from: text, action: text, about: text }),
  /** What somebody made of an incident, with their words. */
  z.strictObject({
    type: z.literal('handled'),
    at: count,
    by: text,
    incident: text,
    action: text,
    text: text.optional(),
    assignee: text.optional(),
  }),
  /** An incident as it stood: SHA-256 of its canonical JSON, and of its detections'. */
  z.strictObject({
    type: z.literal('incident'),
    incident: text,
    title: text,
    severity: text,
    first: count,
    last: count,
    detections: count,
    sha256,
    detectionsSha256: sha256,
  }),
  /** An incident that is no more by itself. */
  z.strictObject({ type: z.literal('incident-ended'), incident: text, into: text.optional() }),
  /** How far a gateway's lane is stored, and its chain value there. */
  z.strictObject({
    type: z.literal('lane'),
    gateway: text,
    epoch: text,
    lane,
    sequence: count,
    chain: sha256,
  }),
  /** Records that a gateway gave up; SHA-256 of the signed notice. */
  z.strictObject({
    type: z.literal('lost'),
    gateway: text,
    epoch: text,
    lane,
    from: count,
    to: count,
    count,
    reason: text,
    at: count,
    sha256,
  }),
  /** What arrived and could not be taken; SHA-256 of what was kept of it. */
  z.strictObject({
    type: z.literal('quarantined'),
    at: count,
    wall: text,
    peer: text,
    reason: text,
    sha256,
  }),
  /** An account was made or changed. */
  z.strictObject({ type: z.literal('account'), name: text, role: text }),
  /** The files that this cloud was started with are others than before. */
  z.strictObject({ type: z.literal('configuration'), at: count, files: z.record(text, sha256) }),
  /** The store was behind the trail: it had been set back to a copy. */
  z.strictObject({ type: z.literal('store-set-back'), at: count, storeChange: count, trailChange: count }),
  /** What a change was about had gone before it was written down. */
  z.strictObject({ type: z.literal('gone'), what: text }),
]);
export type EntryBody = z.infer<typeof about>;

const envelope = {
  version: z.literal(1),
  /** Place in the log, from 0. */
  number: count,
  /** The store's number of the change; what the trail had taken when it was written down. */
  change: count,
  /** When it was written down, ms. */
  writtenAt: count,
};
export const entry = z.strictObject({ ...envelope, body: about });
export type Entry = z.infer<typeof entry>;

export const bytesOf = (one: Entry): Uint8Array => Buffer.from(canonicalJson(one));

/** The entry that some bytes hold, or why they hold none. */
export function readEntry(bytes: Uint8Array): Entry | string {
  try {
    const found = entry.safeParse(JSON.parse(Buffer.from(bytes).toString()));
    return found.success ? found.data : (found.error.issues[0]?.message ?? 'malformed');
  } catch {
    return 'it is not JSON';
  }
}

const cut = (value: string): string => value.toWellFormed().slice(0, MAX_TEXT);

/** Hash over an incident's detections, in its own order, as far as they are part of a revision. */
export const detectionsSha256 = (detections: readonly Detection[]): string =>
  hash('sha256', detections.slice(0, MAX_HASHED_DETECTIONS).map(sha256Of).join('\n'), 'hex');

function incidentBody(incident: Incident, detectionOf: (id: string) => Detection | undefined): EntryBody {
  const held = incident.detections.slice(0, MAX_HASHED_DETECTIONS).flatMap((id) => detectionOf(id) ?? []);
  const { id, title, severity, first, last, detections } = incident;
  return {
    type: 'incident',
    incident: id,
    title: cut(title),
    severity,
    first,
    last,
    detections: detections.length,
    sha256: sha256Of(incident),
    detectionsSha256: detectionsSha256(held),
  };
}

/** What a change says in the trail. */
export function bodyOf(change: Change, detectionOf: (id: string) => Detection | undefined): EntryBody {
  const gone: EntryBody = { type: 'gone', what: change.kind };
  switch (change.kind) {
    case 'audit': {
      if (change.entry === undefined) return gone;
      const { at, by, from, action, about: what } = change.entry;
      return { type: 'acted', at, by: cut(by), from: cut(from), action: cut(action), about: cut(what) };
    }
    case 'activity': {
      if (change.activity === undefined) return gone;
      const { text: words, assignee, ...rest } = change.activity;
      return {
        type: 'handled',
        ...rest,
        by: cut(rest.by),
        ...(words === undefined ? {} : { text: cut(words) }),
        ...(assignee === undefined ? {} : { assignee: cut(assignee) }),
      };
    }
    case 'incident': {
      const { id, incident, into } = change;
      if (incident !== undefined) return incidentBody(incident, detectionOf);
      return { type: 'incident-ended', incident: id, ...(into === undefined ? {} : { into }) };
    }
    case 'lane':
      return change.position === undefined ? gone : { type: 'lane', ...change.position };
    case 'loss': {
      if (change.loss === undefined) return gone;
      const { gateway, epoch, ...notice } = change.loss;
      const { lane: of, from, to, count: many, reason, at } = notice;
      return {
        type: 'lost',
        gateway,
        epoch,
        lane: of,
        from,
        to,
        count: many,
        reason,
        at,
        sha256: sha256Of(notice),
      };
    }
    case 'quarantine': {
      if (change.entry === undefined) return gone;
      const { at, wall, peer, reason, raw } = change.entry;
      return {
        type: 'quarantined',
        at,
        wall: cut(wall),
        peer: cut(peer),
        reason: cut(reason),
        sha256: hash('sha256', raw, 'hex'),
      };
    }
    case 'account':
      return change.role === undefined
        ? gone
        : { type: 'account', name: cut(change.name), role: change.role };
  }
}
