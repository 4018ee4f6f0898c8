/**
 * Consistent Overhead Byte Stuffing (Cheshire and Baker, IEEE/ACM Transactions on Networking 7(2), 1999):
 * rewrites bytes so that none is zero, at the cost of one byte in 254. Zero is then free to part frames.
 */

/** Longest run of bytes that one length byte can announce. */
const MAX_RUN = 254;

/** @returns bytes without a zero; the delimiter is not among them */
export function cobsEncode(bytes: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(bytes.length + Math.floor(bytes.length / MAX_RUN) + 1);
  let lengthAt = 0;
  let to = 1;
  const endRun = () => {
    encoded[lengthAt] = to - lengthAt;
    lengthAt = to++;
  };
  for (const [index, byte] of bytes.entries()) {
    if (byte === 0) endRun();
    else {
      encoded[to++] = byte;
      // A full run stands for no zero; at the very end nothing follows that would need another length.
      if (to - lengthAt === MAX_RUN + 1 && index < bytes.length - 1) endRun();
    }
  }
  encoded[lengthAt] = to - lengthAt;
  return encoded.subarray(0, to);
}

/** @returns undefined where these bytes are not what COBS makes of anything */
export function cobsDecode(encoded: Uint8Array): Uint8Array | undefined {
  const decoded = new Uint8Array(encoded.length);
  let to = 0;
  for (let from = 0; from < encoded.length; ) {
    const length = encoded[from] ?? 0;
    const run = encoded.subarray(from + 1, from + length);
    if (length === 0 || run.length !== length - 1 || run.includes(0)) return undefined;
    decoded.set(run, to);
    to += run.length;
    from += length;
    if (length <= MAX_RUN && from < encoded.length) decoded[to++] = 0;
  }
  return decoded.subarray(0, to);
}
