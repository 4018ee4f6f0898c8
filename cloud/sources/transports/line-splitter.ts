/** Takes the whole lines out of what was read of a log. Pure. */

export interface SplitLine {
  /** From the beginning of the data. */
  offset: number;
  /** Without its end. */
  raw: Uint8Array;
}

export interface SplitLines {
  lines: SplitLine[];
  /** What was read of lines that are too long; the rest of the last one may be yet to come. */
  overlong: SplitLine[];
  /** So many bytes are done with; the next data begins there. */
  consumed: number;
  /** The next data begins within a line that is too long. */
  skipping: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Empty lines are nothing; zeros before a line are a file's hole (copied and cut under its writer) and skipped. */
export function splitLines(
  data: Uint8Array,
  { maxBytes, maxLines, skipping }: { maxBytes: number; maxLines: number; skipping: boolean },
): SplitLines {
  const lines: SplitLine[] = [];
  const overlong: SplitLine[] = [];
  let at = 0;
  if (skipping) {
    const end = data.indexOf(LINE_FEED);
    if (end < 0) return { lines, overlong, consumed: data.length, skipping: true };
    at = end + 1;
  }
  while (lines.length + overlong.length < maxLines) {
    while (data[at] === 0) at++;
    const end = data.indexOf(LINE_FEED, at);
    if (end < 0) {
      if (data.length - at <= maxBytes + 1) break;
      overlong.push({ offset: at, raw: data.subarray(at) });
      return { lines, overlong, consumed: data.length, skipping: true };
    }
    const raw = data.subarray(at, data[end - 1] === CARRIAGE_RETURN && end > at ? end - 1 : end);
    if (raw.length > maxBytes) overlong.push({ offset: at, raw });
    else if (raw.length > 0) lines.push({ offset: at, raw });
    at = end + 1;
  }
  return { lines, overlong, consumed: at, skipping: false };
}
