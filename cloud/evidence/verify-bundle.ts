/** Checks a bundle of evidence with nothing but itself and, where given, a key and a checkpoint. */
import { hash } from 'node:crypto';
import { chainHasher } from '../../devices/framing/batch.ts';
import { GENESIS } from '../../devices/wire.ts';
import { readEntry } from '../audit/entry.ts';
import { jsonOf } from '../audit/lane-check.ts';
import { isIncluded, leafHash } from '../audit/merkle.ts';
import { type Checkpoint, type NoteKey, noteKeyFrom, openCheckpoint, openNote } from '../audit/note.ts';
import type { Finding, Verdict } from '../audit/verdict.ts';
import { NotAnExport, type VerifyWishes, verifyExport } from '../audit/verify.ts';
import { linesOfBytes } from './bundle.ts';
import {
  MANIFEST,
  MANIFEST_NOTE,
  manifest,
  manifestText,
  type RecordLine,
  recordLine,
  sha256Hex,
} from './manifest.ts';
import { NotATar, readTar, type TarFile } from './tar.ts';

const chainOf = chainHasher((bytes) => hash('sha256', bytes, 'hex'));

/** @throws NotAnExport where it is no bundle at all */
export async function verifyBundle(archive: Uint8Array, wishes: VerifyWishes = {}): Promise<Verdict> {
  const found: Finding[] = [];
  let files: TarFile[];
  try {
    files = readTar(archive);
  } catch (error) {
    if (!(error instanceof NotATar)) throw error;
    return verdictOf([{ what: 'altered', message: error.message }]);
  }
  const byName = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const manifestBytes = byName.get(MANIFEST);
  if (manifestBytes === undefined) throw new NotAnExport(`there is no ${MANIFEST} in it`);
  const read = manifest.safeParse(jsonOf(Buffer.from(manifestBytes).toString()));
  if (!read.success)
    return verdictOf([{ what: 'altered', message: `${MANIFEST} was altered: it can't be read` }]);
  const own = noteKeyFrom(read.data.key);
  const key = wishes.key ?? own;
  const remarks =
    wishes.key === undefined
      ? ['signed by the key in the file itself: compare it with the one that you were given, or use --key']
      : [];
  const note = byName.get(MANIFEST_NOTE);
  const signed =
    key === undefined || note === undefined ? undefined : openNote(Buffer.from(note).toString(), key);
  if (key === undefined || signed !== manifestText(key.name, manifestBytes))
    found.push({
      what: 'unsigned',
      message: `${MANIFEST} was altered, or its signature: ${key === undefined ? 'its key can not be read' : `it is not signed by ${key.name} with the key ${key.id}`}`,
    });
  found.push(...differences(read.data.files, files));
  const trail = byName.get('trail.ndjson');
  const proved =
    trail === undefined
      ? undefined
      : await trailVerdict(trail, { ...wishes, ...(key === undefined ? {} : { key }) });
  if (proved?.first !== undefined)
    found.push({ ...proved.first, message: `trail.ndjson: ${proved.first.message}` });
  const checkpoint = checkpointOf(byName.get('checkpoint'), key);
  const records = recordsVerdict(linesOfBytes(byName.get('records.ndjson') ?? new Uint8Array()), checkpoint);
  found.push(...records.found);
  return {
    ...verdictOf(found, key),
    ...(found.length > 0 ? {} : { state: proved?.state ?? 'verified' }),
    size: proved?.size ?? 0,
    entries: proved?.entries ?? 0,
    incidents: 1,
    records: records.count,
    remarks: [
      ...remarks,
      ...(proved?.remarks ?? []).filter((remark) => !remark.startsWith('signed by the key')),
      ...(records.loose === 0
        ? []
        : [
            `${records.loose} records are covered by the signature of the bundle alone: their chain does not reach the trail yet, or they have none`,
          ]),
    ],
  };
}

const verdictOf = (found: readonly Finding[], key?: NoteKey): Verdict => ({
  state: found.length > 0 ? 'malicious' : 'verified',
  origin: key?.name ?? '?',
  key: key?.id ?? '?',
  size: 0,
  entries: 0,
  incidents: 0,
  records: 0,
  ...(found[0] === undefined ? {} : { first: found[0] }),
  remarks: [],
});

/** Files and lines that are not as the manifest has them, in the manifest's order. */
function differences(
  listed: readonly { name: string; sha256: string; lines?: readonly string[] | undefined }[],
  files: readonly TarFile[],
): Finding[] {
  const there = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const found: Finding[] = [];
  for (const { name, sha256, lines } of listed) {
    const bytes = there.get(name);
    if (bytes === undefined) {
      found.push({ what: 'missing', message: `${name} is missing` });
      continue;
    }
    if (sha256Hex(bytes) === sha256) continue;
    const now = lines === undefined ? [] : linesOfBytes(bytes);
    const wrong =
      lines === undefined ? -1 : lines.findIndex((line, index) => sha256Hex(now[index] ?? '') !== line);
    if (wrong < 0) found.push({ what: 'altered', message: `${name} was altered` });
    else
      found.push({
        what: now.length < (lines?.length ?? 0) ? 'missing' : 'altered',
        line: wrong + 1,
        message: `${name}: ${nameOf(now, wrong)} was altered`,
      });
  }
  const known = new Set([MANIFEST, MANIFEST_NOTE, ...listed.map(({ name }) => name)]);
  for (const { name } of files)
    if (!known.has(name)) found.push({ what: 'inserted', message: `${name} was put in` });
  if (new Set(files.map(({ name }) => name)).size < files.length)
    found.push({ what: 'inserted', message: 'a file is in it twice' });
  return found;
}

/** What a line is about, as far as it can still be read: `record gw-1/e/12`. */
function nameOf(lines: readonly string[], index: number): string {
  const read = recordLine.safeParse(jsonOf(lines[index] ?? ''));
  if (!read.success) return `line ${index + 1}`;
  if ('observation' in read.data) return `observation ${read.data.observation.id}`;
  if ('run' in read.data) return `line ${index + 1}, of ${read.data.run.gateway}/${read.data.run.epoch}`;
  for (let at = index; at >= 0; at--) {
    const before = recordLine.safeParse(jsonOf(lines[at] ?? ''));
    if (before.success && 'run' in before.data)
      return `record ${before.data.run.gateway}/${before.data.run.epoch}/${read.data.record.sequence}`;
  }
  return `record ${read.data.record.sequence}`;
}

async function trailVerdict(bytes: Uint8Array, wishes: VerifyWishes): Promise<Verdict> {
  try {
    return await verifyExport(linesOfBytes(bytes), wishes);
  } catch (error) {
    if (!(error instanceof NotAnExport)) throw error;
    return verdictOf([{ what: 'altered', message: error.message }]);
  }
}

function checkpointOf(bytes: Uint8Array | undefined, key: NoteKey | undefined): Checkpoint | undefined {
  const opened =
    bytes === undefined || key === undefined ? 'none' : openCheckpoint(Buffer.from(bytes).toString(), key);
  return typeof opened === 'string' ? undefined : opened;
}

type Run = Extract<RecordLine, { run: unknown }>['run'];

/** Follows each run of a chain from one entry of the trail to the next. */
function recordsVerdict(
  lines: readonly string[],
  checkpoint: Checkpoint | undefined,
): { found: Finding[]; count: number; loose: number } {
  const found: Finding[] = [];
  let count = 0;
  let loose = 0;
  let run: Run | undefined;
  let chain = '';
  let sequence = 0;
  let line = 0;
  let inRun = 0;
  const wrong = (message: string) => found.push({ what: 'altered', line, message });
  const endRun = () => {
    if (run === undefined) return;
    const name = `${run.gateway}/${run.epoch}/${run.lane}`;
    if (run.ends === undefined) loose += inRun;
    else if (!isAnchored(run, run.ends, sequence, chain, checkpoint))
      wrong(
        `a record of ${name} from ${run.after + 1} to ${sequence} was altered: the trail has another chain`,
      );
    run = undefined;
  };
  for (const text of lines) {
    line++;
    const read = recordLine.safeParse(jsonOf(text));
    if (!read.success) {
      wrong(`line ${line} of records.ndjson can't be read`);
      continue;
    }
    if ('run' in read.data) {
      endRun();
      run = read.data.run;
      ({ chain } = run);
      sequence = run.after;
      inRun = 0;
      const begins =
        run.begins === undefined
          ? sequence === 0 && chain === GENESIS
          : isAnchored(run, run.begins, sequence, chain, checkpoint);
      if (!begins)
        wrong(`the beginning of a run of ${run.gateway}/${run.epoch}/${run.lane} is not in the trail`);
      continue;
    }
    if ('observation' in read.data) {
      endRun();
      count++;
      loose++;
      continue;
    }
    const { record } = read.data;
    if (run === undefined) {
      wrong(`record ${record.sequence} belongs to no run`);
      continue;
    }
    const body: unknown = jsonOf(record.json);
    const resumes = resumesOf(body);
    if (chainOf(resumes ?? chain, Buffer.from(record.json)) !== record.chain)
      wrong(
        `record ${run.gateway}/${run.epoch}/${record.sequence} was altered: it does not follow from the one before`,
      );
    chain = record.chain;
    sequence = record.sequence;
    if (record.evidence) {
      count++;
      inRun++;
    }
  }
  endRun();
  return { found, count, loose };
}

/** A notice of loss says itself where the chain goes on. */
function resumesOf(record: unknown): string | undefined {
  if (typeof record !== 'object' || record === null || !('body' in record)) return undefined;
  const { body } = record;
  if (typeof body !== 'object' || body === null || !('loss' in body)) return undefined;
  const { loss } = body;
  return typeof loss === 'object' && loss !== null && 'resumes' in loss && typeof loss.resumes === 'string'
    ? loss.resumes
    : undefined;
}

/** Whether an entry that is in the log says that a lane had this chain value at this sequence. */
function isAnchored(
  { gateway, epoch, lane }: Run,
  { number, entry, proof }: NonNullable<Run['ends']>,
  sequence: number,
  chain: string,
  checkpoint: Checkpoint | undefined,
): boolean {
  if (checkpoint === undefined) return false;
  const bytes = Buffer.from(entry);
  const { size, root } = checkpoint;
  const hashes = proof.map((text) => new Uint8Array(Buffer.from(text, 'base64')));
  if (!isIncluded({ index: number, size, leaf: leafHash(bytes), root }, hashes)) return false;
  const read = readEntry(bytes);
  return (
    typeof read !== 'string' &&
    read.body.type === 'lane' &&
    read.body.gateway === gateway &&
    read.body.epoch === epoch &&
    read.body.lane === lane &&
    read.body.sequence === sequence &&
    read.body.chain === chain
  );
}
