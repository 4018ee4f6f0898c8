/**
 * A detached signature: what a record said, line by line, and how far the gateway's chains had come, signed with the
 * gateway's Ed25519 key (RFC 8032). With it anybody can tell, offline, whether a record was altered, and which line.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { csvRecords } from './csv.ts';

/** Characters of a line's digest: enough that nobody finds another line with the same. */
const LINE_DIGEST_CHARACTERS = 24;
/** A month at an hour's interval has about a thousand lines. */
const MAX_LINES = 100_000;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const chainHead = z.strictObject({ month: z.string().max(16), line: z.number().int(), chain: digest });

const statement = z.strictObject({
  kind: z.literal('gatehouse cold chain record'),
  version: z.literal(1),
  gateway: z.string().max(128),
  site: z.string().max(128),
  fridge: z.string().max(128),
  period: z.string().max(16),
  asOf: z.string().max(32),
  csvSha256: digest,
  /** Of each record of the CSV, in order. */
  lines: z.array(z.string().regex(/^[0-9a-f]{24}$/)).max(MAX_LINES),
  /** Head of the chain over everything stored of the cold chain when the record was made. */
  journal: chainHead,
  /** The newest record of the gateway's own log then. */
  log: z.strictObject({ record: z.string().max(256), chain: digest }).optional(),
});
export type Statement = z.infer<typeof statement>;

export const sealDocument = z.strictObject({
  statement,
  algorithm: z.literal('Ed25519'),
  /** SubjectPublicKeyInfo, DER, base64. */
  publicKey: z.base64().max(256),
  fingerprint: z.string().max(128),
  /** Over the statement, base64. */
  signature: z.base64().max(256),
  /** The same record in print, which shows the signature above. */
  pdf: z.strictObject({ sha256: digest, signature: z.base64().max(256) }).optional(),
});
export type Seal = z.infer<typeof sealDocument>;

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const lineDigest = (line: string): string => sha256(line).slice(0, LINE_DIGEST_CHARACTERS);

/** Spelled out, so that it does not depend on the order of keys in a file. */
const statementBytes = (of: Statement): Buffer =>
  Buffer.from(
    JSON.stringify([
      of.kind,
      of.version,
      of.gateway,
      of.site,
      of.fridge,
      of.period,
      of.asOf,
      of.csvSha256,
      of.lines,
      [of.journal.month, of.journal.line, of.journal.chain],
      of.log === undefined ? [] : [of.log.record, of.log.chain],
    ]),
  );

const pdfStatement = (csvSignature: string, pdfSha256: string): Buffer =>
  Buffer.from(JSON.stringify(['gatehouse cold chain record in print', csvSignature, pdfSha256]));

/** Eight groups of four: to be compared by eye. */
export function fingerprintOf(publicKey: Uint8Array): string {
  const text = sha256(publicKey).slice(0, 32).toUpperCase();
  return (text.match(/.{4}/g) ?? []).join(' ');
}

export function sealCsv(
  csv: string,
  about: Omit<Statement, 'kind' | 'version' | 'csvSha256' | 'lines'>,
  privateKey: KeyObject,
): Seal {
  const stated: Statement = {
    kind: 'gatehouse cold chain record',
    version: 1,
    ...about,
    csvSha256: sha256(csv),
    lines: csvRecords(csv).map(lineDigest),
  };
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    statement: stated,
    algorithm: 'Ed25519',
    publicKey: publicKey.toString('base64'),
    fingerprint: fingerprintOf(publicKey),
    signature: sign(null, statementBytes(stated), privateKey).toString('base64'),
  };
}

/** Adds the printed form, which shows the seal's signature and so could not be made before it. */
export function sealPdf(seal: Seal, pdf: Uint8Array, privateKey: KeyObject): Seal {
  const hash = sha256(pdf);
  const signature = sign(null, pdfStatement(seal.signature, hash), privateKey).toString('base64');
  return { ...seal, pdf: { sha256: hash, signature } };
}

export interface Verdict {
  isGenuine: boolean;
  /** What is wrong, a sentence each; with the number of the line in the file. */
  problems: string[];
}

/** @param expected fingerprint that is known from elsewhere, however it is spaced */
export function verifySeal(file: Uint8Array, seal: Seal, expected?: string): Verdict {
  const problems: string[] = [];
  let key: KeyObject | undefined;
  const der = Buffer.from(seal.publicKey, 'base64');
  try {
    key = createPublicKey({ key: der, type: 'spki', format: 'der' });
    if (key.asymmetricKeyType !== 'ed25519') key = undefined;
  } catch {
    key = undefined;
  }
  if (key === undefined) return { isGenuine: false, problems: ['The seal holds no Ed25519 key.'] };
  const plain = (text: string) => text.replaceAll(/[\s:]/g, '').toUpperCase();
  if (plain(seal.fingerprint) !== plain(fingerprintOf(der)))
    problems.push(`The seal names the key ${seal.fingerprint}, but holds the key ${fingerprintOf(der)}.`);
  if (expected !== undefined && plain(expected) !== plain(fingerprintOf(der)))
    problems.push(`It was sealed with the key ${fingerprintOf(der)}, not with ${expected}.`);
  const isStated = verify(null, statementBytes(seal.statement), key, Buffer.from(seal.signature, 'base64'));
  if (!isStated) problems.push('The seal itself was altered: its signature does not fit what it states.');
  const isPdf = Buffer.from(file.buffer, file.byteOffset, 5).toString('latin1') === '%PDF-';
  problems.push(...(isPdf ? pdfProblems(file, seal, key) : csvProblems(file, seal.statement)));
  return { isGenuine: problems.length === 0, problems };
}

function pdfProblems(file: Uint8Array, { pdf, signature }: Seal, key: KeyObject): string[] {
  if (pdf === undefined) return ['The seal covers the CSV alone, not a printed form.'];
  if (!verify(null, pdfStatement(signature, pdf.sha256), key, Buffer.from(pdf.signature, 'base64')))
    return ['What the seal says of the printed form was altered: its signature does not fit.'];
  return sha256(file) === pdf.sha256
    ? []
    : ['The PDF was altered, or belongs to another seal. The CSV can tell which line it is about.'];
}

function csvProblems(file: Uint8Array, { csvSha256, lines }: Statement): string[] {
  if (sha256(file) === csvSha256) return [];
  const given = csvRecords(Buffer.from(file).toString('utf8'));
  const problems = differences(given, lines);
  return problems.length > 0
    ? problems
    : [
        'Every line is as it was sealed, but not what stands between them: line ends or a byte order mark were changed.',
      ];
}

/** Told at most. */
const MAX_PROBLEMS = 20;
/** How far to look for where a file goes on as it was sealed. */
const MAX_LOOK_AHEAD = 2_000;

/** Lines that are not as they were sealed, by the way of least changes that going forward finds. */
function differences(given: readonly string[], sealed: readonly string[]): string[] {
  const digests = given.map(lineDigest);
  const problems: string[] = [];
  let [here, there] = [0, 0];
  while (here < digests.length || there < sealed.length) {
    if (digests[here] === sealed[there]) {
      here++;
      there++;
      continue;
    }
    // The nearest place where both go on alike.
    let [skipHere, skipThere] = [digests.length - here, sealed.length - there];
    search: for (let distance = 1; distance <= MAX_LOOK_AHEAD; distance++) {
      for (let one = 0; one <= distance; one++) {
        const [a, b] = [here + one, there + distance - one];
        if (a < digests.length && b < sealed.length && digests[a] === sealed[b]) {
          [skipHere, skipThere] = [one, distance - one];
          break search;
        }
      }
      if (here + distance > digests.length && there + distance > sealed.length) break;
    }
    const changed = Math.min(skipHere, skipThere);
    for (let index = 0; index < changed; index++)
      problems.push(`Line ${here + index + 1} was altered: ${shortened(given[here + index])}`);
    for (let index = changed; index < skipHere; index++)
      problems.push(`Line ${here + index + 1} was added: ${shortened(given[here + index])}`);
    if (skipThere > changed) {
      const count = skipThere - changed;
      problems.push(
        `${count === 1 ? 'A line was' : `${count} lines were`} removed ${here + skipHere === 0 ? 'at the beginning' : `after line ${here + skipHere}`} (sealed as line ${there + changed + 1}${count === 1 ? '' : ` to ${there + skipThere}`}).`,
      );
    }
    here += skipHere;
    there += skipThere;
  }
  return problems.length <= MAX_PROBLEMS
    ? problems
    : [...problems.slice(0, MAX_PROBLEMS), `and ${problems.length - MAX_PROBLEMS} more`];
}

const shortened = (line = ''): string => (line.length > 120 ? `${line.slice(0, 117)}...` : line);
