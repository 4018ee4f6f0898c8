/**
 * The batch of wire.ts: one header line, then one line a record, `<chain> <record as JSON>`, each ended by a
 * line feed. Pure: hashing is handed in, and what a record means is for others to judge.
 */
import {
  type BatchHeader,
  batchHeader,
  GENESIS,
  MAX_BATCH_BYTES,
  MAX_BATCH_RECORDS,
  MAX_RECORD_BYTES,
} from '../wire.ts';

const LINE_FEED = 10;
const SPACE = 32;
/** A header is small; a longer first line is no header. */
export const MAX_HEADER_BYTES = 1_024;
const CHAIN_LENGTH = GENESIS.length;

/** One record as it came: `json` is a view of exactly the bytes that the chain covers. */
export interface BatchLine {
  chain: string;
  json: Uint8Array;
}

export type BatchResult = { header: BatchHeader; lines: BatchLine[] } | { refused: string };

const encoder = new TextEncoder();

/** One line of a batch. */
export function encodeLine(chain: string, json: string): Uint8Array {
  return encoder.encode(`${chain} ${json}\n`);
}

/**
 * @param lines whole lines, one after another, as many as the header's count
 * @throws RangeError when the batch would be larger than MAX_BATCH_BYTES
 */
export function encodeBatch(header: BatchHeader, lines: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = encoder.encode(`${JSON.stringify(header)}\n`);
  const size = first.length + lines.length;
  if (size > MAX_BATCH_BYTES) throw new RangeError(`a batch of ${size} bytes, at most ${MAX_BATCH_BYTES}`);
  const bytes = new Uint8Array(size);
  bytes.set(first);
  bytes.set(lines, first.length);
  return bytes;
}

/** Splits a batch into its lines. Sizes, the header's schema, the count and the text's encoding are checked. */
export function decodeBatch(bytes: Uint8Array): BatchResult {
  if (bytes.length > MAX_BATCH_BYTES)
    return { refused: `batch of ${bytes.length} bytes, at most ${MAX_BATCH_BYTES}` };
  const headerEnd = bytes.subarray(0, MAX_HEADER_BYTES).indexOf(LINE_FEED);
  if (headerEnd < 0) return { refused: `batch without a header line of at most ${MAX_HEADER_BYTES} bytes` };
  const header = readHeader(bytes.subarray(0, headerEnd));
  if (typeof header === 'string') return { refused: `batch header: ${header}` };
  const lines: BatchLine[] = [];
  let at = headerEnd + 1;
  while (at < bytes.length) {
    if (lines.length === MAX_BATCH_RECORDS)
      return { refused: `batch of more than ${MAX_BATCH_RECORDS} records` };
    const end = bytes.indexOf(LINE_FEED, at);
    const where = `line ${lines.length + 2}`;
    if (end < 0) return { refused: `${where}: cut off` };
    const jsonStart = at + CHAIN_LENGTH + 1;
    if (jsonStart >= end) return { refused: `${where}: no record` };
    if (end - jsonStart > MAX_RECORD_BYTES)
      return { refused: `${where}: record over ${MAX_RECORD_BYTES} bytes` };
    const chain = readChain(bytes, at);
    if (chain === undefined || bytes[jsonStart - 1] !== SPACE) return { refused: `${where}: no chain value` };
    lines.push({ chain, json: bytes.subarray(jsonStart, end) });
    at = end + 1;
  }
  if (lines.length !== header.count)
    return { refused: `${lines.length} records, the header says ${header.count}` };
  return { header, lines };
}

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readHeader(bytes: Uint8Array): BatchHeader | string {
  let value: unknown;
  try {
    value = JSON.parse(strictText.decode(bytes));
  } catch {
    return 'not JSON';
  }
  const result = batchHeader.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  return `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim();
}

/** The 64 lower-case hexadecimal digits at `at`, or undefined. */
function readChain(bytes: Uint8Array, at: number): string | undefined {
  let chain = '';
  for (let index = at; index < at + CHAIN_LENGTH; index++) {
    const code = bytes[index] ?? 0;
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return undefined;
    chain += String.fromCharCode(code);
  }
  return chain;
}

/** SHA-256 of the bytes, as lower-case hexadecimal digits. */
export type Sha256 = (bytes: Uint8Array) => string;

/**
 * The chain value of a record: SHA-256(previous chain value as hex + the record's JSON bytes).
 * The answer holds a scratch buffer of its own, so that a record costs one copy and one hash.
 */
export function chainHasher(sha256: Sha256): (previous: string, json: Uint8Array) => string {
  const scratch = new Uint8Array(CHAIN_LENGTH + MAX_RECORD_BYTES);
  return (previous, json) => {
    if (previous.length !== CHAIN_LENGTH || json.length > MAX_RECORD_BYTES)
      throw new RangeError(`chain over ${previous.length} digits and ${json.length} bytes`);
    encoder.encodeInto(previous, scratch);
    scratch.set(json, CHAIN_LENGTH);
    return sha256(scratch.subarray(0, CHAIN_LENGTH + json.length));
  };
}
