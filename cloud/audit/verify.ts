/** Checks an export of the audit trail with nothing but itself and, where given, a key and a checkpoint. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { detection } from '../../devices/model/detection.ts';
import { incident } from '../../devices/model/incident.ts';
import { lane } from '../../devices/wire.ts';
import { sha256Of } from './canonical.ts';
import { detectionsSha256, type EntryBody, readEntry } from './entry.ts';
import { EXPORT_FORMAT, sealText } from './export.ts';
import { jsonOf, LaneBook, LaneCheck } from './lane-check.ts';
import { isConsistent, isEqual, isIncluded, leafHash, rootOf } from './merkle.ts';
import { type Checkpoint, type NoteKey, noteKeyFrom, openCheckpoint, openNote } from './note.ts';
import { firstWrong, type Standing } from './sequence.ts';
import type { Finding, Verdict } from './verdict.ts';

/** Entries of one export, at most: each is held while it is checked. */
export const MAX_VERIFIED = 5_000_000;

const bytes = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const header = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  key: z.string(),
  checkpoint: z.string(),
  history: z.array(z.string()),
  exportedAt: z.number(),
  part: z.enum(['all', 'incident']),
  older: z.strictObject({ size: z.number().int().min(0), proof: z.array(bytes) }).optional(),
});
const number = z.number().int().min(0);
const lines = z.union([
  z.strictObject({ number, leaf: bytes, entry: z.string() }),
  z.strictObject({ number, entry: z.string(), proof: z.array(bytes).max(64) }),
  z.strictObject({ incident, detections: z.array(detection), waits: z.literal(true).optional() }),
  z.strictObject({ gone: z.string(), waits: z.literal(true) }),
  z.strictObject({ lane: z.strictObject({ gateway: z.string(), epoch: z.string(), lane }) }),
  z.strictObject({ record: z.strictObject({ sequence: number, chain: z.string(), json: z.string() }) }),
  z.strictObject({ seal: z.string() }),
]);

export interface VerifyWishes {
  /** The key that must have signed; without it the file's own counts, and the verdict says so. */
  key?: NoteKey;
  /** A checkpoint, as a signed note, that somebody kept. */
  checkpoint?: string;
}

/** It is not an export at all. */
export class NotAnExport extends Error {}

/**
 * @param text lines without their line feeds
 * @throws NotAnExport
 */
export async function verifyExport(
  text: AsyncIterable<string> | Iterable<string>,
  wishes: VerifyWishes = {},
): Promise<Verdict> {
  let check: ExportCheck | undefined;
  let number = 0;
  for await (const line of text) {
    number++;
    if (check === undefined) check = new ExportCheck(line, wishes);
    else check.take(line, number);
  }
  if (check === undefined) throw new NotAnExport('it is empty');
  return check.end();
}

class ExportCheck {
  readonly #wishes: VerifyWishes;
  readonly #header: z.output<typeof header>;
  readonly #key: NoteKey | undefined;
  readonly #checkpoint: Checkpoint | undefined;
  readonly #standing: Standing[] = [];
  /** What was found while reading, in order of the file. */
  readonly #found: Finding[] = [];
  readonly #remarks: string[] = [];
  readonly #digest = createHash('sha256');
  #lines = 1;
  readonly #book = new LaneBook();
  readonly #revisions = new Map<string, { sha256: string; detectionsSha256: string; entry: number }>();
  readonly #ended = new Set<string>();
  readonly #shown = new Set<string>();
  #lane: LaneCheck | undefined;
  #proved = 0;
  #lastProved = -1;
  #incidents = 0;
  #records = 0;
  #waits = 0;
  #seal: { note: string; sha256: string; lines: number } | undefined;

  constructor(line: string, wishes: VerifyWishes) {
    this.#wishes = wishes;
    const read = header.safeParse(jsonOf(line));
    if (!read.success) throw new NotAnExport(`line 1: expected the header of ${EXPORT_FORMAT}`);
    this.#header = read.data;
    this.#digest.update(`${line}\n`);
    const own = noteKeyFrom(read.data.key);
    this.#key = wishes.key ?? own;
    if (own === undefined) this.#unsigned('the key in the header was altered', 1);
    else if (wishes.key !== undefined && own.text !== wishes.key.text)
      this.#unsigned(`it names the key ${own.id} of ${own.name}, not the one that you gave`, 1);
    if (this.#key === undefined) return;
    const opened = openCheckpoint(read.data.checkpoint, this.#key);
    if (typeof opened === 'string') this.#unsigned(`the checkpoint: ${opened}`, 1);
    else this.#checkpoint = opened;
    if (wishes.key === undefined)
      this.#remarks.push(
        'signed by the key in the file itself: compare it with the one that you were given, or use --key',
      );
  }

  #unsigned(message: string, line: number): void {
    this.#found.push({ what: 'unsigned', line, message });
  }

  take(line: string, at: number): void {
    if (this.#seal !== undefined) {
      this.#found.push({ what: 'inserted', line: at, message: 'there is something behind the seal' });
      return;
    }
    const read = lines.safeParse(jsonOf(line));
    if (read.success && 'seal' in read.data) {
      this.#seal = { note: read.data.seal, sha256: this.#digest.copy().digest('base64'), lines: this.#lines };
      return;
    }
    this.#digest.update(`${line}\n`);
    this.#lines++;
    if (!read.success) this.#unreadable(line, at);
    else if ('leaf' in read.data) this.#entry(read.data, at);
    else if ('proof' in read.data) this.#proof(read.data, at);
    else if ('incident' in read.data) this.#incident(read.data, at);
    else if ('gone' in read.data) {
      this.#shown.add(read.data.gone);
      this.#waits++;
    } else if ('lane' in read.data) {
      this.#endLane();
      this.#lane = new LaneCheck(read.data.lane, this.#book);
    } else if ('record' in read.data) {
      this.#records++;
      const finding = this.#lane?.take({ ...read.data.record, line: at });
      if (finding !== undefined) this.#found.push(finding);
    }
  }

  /** A line that is none: among entries it holds the place of one. */
  #unreadable(line: string, at: number): void {
    const isAmongEntries =
      this.#header.part === 'all' &&
      this.#standing.length < (this.#checkpoint?.size ?? 0) &&
      this.#incidents === 0;
    if (!isAmongEntries) {
      this.#found.push({ what: 'unreadable', line: at, message: `line ${at} can't be read` });
      return;
    }
    this.#standing.push({ number: -1, bytes: Buffer.from(line), line: at });
  }

  #entry({ number: place, leaf, entry }: { number: number; leaf: Uint8Array; entry: string }, at: number) {
    if (this.#standing.length >= MAX_VERIFIED) throw new NotAnExport(`more than ${MAX_VERIFIED} entries`);
    const content = Buffer.from(entry);
    this.#standing.push({ number: place, bytes: content, leaf, line: at });
    this.#note(content, place);
  }

  #proof(
    { number: place, entry, proof }: { number: number; entry: string; proof: Uint8Array[] },
    at: number,
  ) {
    const content = Buffer.from(entry);
    this.#note(content, place);
    this.#proved++;
    const checkpoint = this.#checkpoint;
    if (checkpoint === undefined) return;
    const { size, root } = checkpoint;
    if (!isIncluded({ index: place, size, leaf: leafHash(content), root }, proof))
      this.#found.push({
        what: 'altered',
        entry: place,
        line: at,
        message: `entry ${place} was altered, or its proof: it is not in the log`,
      });
    else if (place <= this.#lastProved)
      this.#found.push({
        what: 'reordered',
        entry: place,
        line: at,
        message: `entry ${place} stands behind ${this.#lastProved}`,
      });
    this.#lastProved = Math.max(this.#lastProved, place);
  }

  #note(content: Uint8Array, place: number): void {
    const read = readEntry(content);
    if (typeof read === 'string') return;
    const body: EntryBody = read.body;
    this.#book.note(body);
    if (body.type === 'incident') {
      this.#revisions.set(body.incident, { ...body, entry: place });
      this.#ended.delete(body.incident);
    }
    if (body.type === 'incident-ended') this.#ended.add(body.incident);
  }

  #incident(
    { incident: one, detections, waits }: Extract<z.output<typeof lines>, { incident: unknown }>,
    at: number,
  ): void {
    this.#incidents++;
    this.#shown.add(one.id);
    const last = this.#revisions.get(one.id);
    const wrong = (message: string) => this.#found.push({ what: 'altered', line: at, message });
    if (last === undefined) wrong(`incident ${one.id} is not in the trail`);
    else if (waits === true) this.#waits++;
    else if (sha256Of(one) !== last.sha256)
      wrong(`incident ${one.id} was altered: entry ${last.entry} has another hash of it`);
    else if (detectionsSha256(detections) !== last.detectionsSha256)
      wrong(`a detection of incident ${one.id} was altered: entry ${last.entry} has another hash of them`);
  }

  #endLane(): void {
    const finding = this.#lane?.end();
    if (finding !== undefined) this.#found.push(finding);
    this.#lane = undefined;
  }

  end(): Verdict {
    this.#endLane();
    const wrongEntry = this.#wrongEntry();
    for (const [id] of this.#revisions)
      if (!this.#shown.has(id) && !this.#ended.has(id) && this.#seal !== undefined)
        this.#found.push({
          what: 'missing',
          message: `incident ${id} is in the trail, and its content is missing here`,
        });
    const sealed = this.#sealProblem();
    const outdated = this.#compare();
    const first = [wrongEntry, ...this.#found, sealed].find((one) => one !== undefined);
    if (this.#waits > 0)
      this.#remarks.push(
        `${this.#waits} incidents have changed since the last entry; export again in a moment`,
      );
    if (this.#header.part === 'incident')
      this.#remarks.push('a part of the log: each entry in it is proved, what lies between can not be seen');
    return {
      state:
        first !== undefined
          ? 'malicious'
          : outdated !== undefined
            ? 'outdated'
            : this.#waits > 0
              ? 'synchronising'
              : 'verified',
      origin: this.#key?.name ?? '?',
      key: this.#key?.id ?? '?',
      size: this.#checkpoint?.size ?? 0,
      entries: this.#standing.length + this.#proved,
      incidents: this.#incidents,
      records: this.#records,
      ...(first === undefined ? {} : { first }),
      remarks: [...(outdated === undefined ? [] : [outdated]), ...this.#remarks],
    };
  }

  #wrongEntry(): Finding | undefined {
    if (this.#checkpoint === undefined || this.#header.part !== 'all') return undefined;
    const history: Checkpoint[] = [];
    for (const note of this.#header.history) {
      const opened = this.#key === undefined ? 'no key' : openCheckpoint(note, this.#key);
      if (typeof opened === 'string') this.#unsigned(`an earlier checkpoint in the header: ${opened}`, 1);
      else history.push(opened);
    }
    const wrong = firstWrong(this.#standing, this.#checkpoint, history);
    if (wrong !== undefined) return wrong;
    const leaves = this.#standing.map(({ bytes: content }) => leafHash(content));
    for (const { size, root } of history)
      if (size > leaves.length || !isEqual(rootOf(leaves.slice(0, size)), root))
        this.#found.push({
          what: 'forked',
          message: `a checkpoint of ${size} entries in the header is signed and is not of this log`,
        });
    return undefined;
  }

  #sealProblem(): Finding | undefined {
    if (this.#seal === undefined)
      return { what: 'missing', message: 'the end of the file is missing: there is no seal' };
    const { note, sha256, lines: many } = this.#seal;
    const text = this.#key === undefined ? undefined : openNote(note, this.#key);
    if (text !== undefined && text === sealText(this.#key?.name ?? '', many, sha256)) return undefined;
    return {
      what: 'altered',
      message: 'something besides the entries was altered: the seal over the whole file does not fit',
    };
  }

  /** Against the checkpoint that somebody kept: why it is outdated, where it is. */
  #compare(): string | undefined {
    const { checkpoint: kept } = this.#wishes;
    if (kept === undefined || this.#key === undefined || this.#checkpoint === undefined) return undefined;
    const opened = openCheckpoint(kept, this.#key);
    if (typeof opened === 'string') {
      this.#unsigned(`the checkpoint that you hold: ${opened}`, 1);
      return undefined;
    }
    const { size, root } = opened;
    if (size > this.#checkpoint.size)
      return `it ends at ${this.#checkpoint.size} entries, you hold a checkpoint of ${size}`;
    const { older, part } = this.#header;
    const isSame =
      part === 'all'
        ? isEqual(rootOf(this.#standing.slice(0, size).map((one) => leafHash(one.bytes))), root)
        : older?.size === size
          ? isConsistent({ size, root }, this.#checkpoint, older.proof)
          : undefined;
    if (isSame === undefined)
      this.#remarks.push(`not compared with the checkpoint that you hold: export with since=${size}`);
    if (isSame === false)
      this.#found.push({
        what: 'forked',
        message: `the first ${size} entries are not those of the checkpoint that you hold: the log was rewritten`,
      });
    return undefined;
  }
}
