/** Codes of a second factor: time-based (RFC 6238) from an app, and recovery codes on paper. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import QRCode from 'qrcode';
import { MAX_RECOVERY_CODES } from '../account.ts';
import { sha256 } from '../accounts.ts';

const PERIOD_SECONDS = 30;
/** 160 bits, as RFC 4226 section 4 asks for. */
const SECRET_BYTES = 20;
/** Steps before and after that are taken: phones' clocks are not exact. */
const WINDOW_STEPS = 1;
const ISSUER = 'Gatehouse';

const totpOf = (account: string, secret: string) =>
  new TOTP({ issuer: ISSUER, label: account, secret: Secret.fromBase32(secret), period: PERIOD_SECONDS });

/** What an authenticator app is set up with. */
export interface TotpSetup {
  /** Base32. */
  secret: string;
  uri: string;
  /** The address as a QR code: an SVG path of dark squares on a field of `size` by `size`. */
  code: { size: number; path: string };
}

export function newTotp(account: string): TotpSetup {
  const secret = Secret.fromHex(randomBytes(SECRET_BYTES).toString('hex')).base32;
  const uri = totpOf(account, secret).toString();
  return { secret, uri, code: codeOf(uri) };
}

/** Free cells around a code, so that cameras find it (ISO/IEC 18004, 9.1). */
const QUIET_CELLS = 4;

/** A text as a QR code, for an inline SVG: no picture has to be fetched, nothing is written into a style. */
export function codeOf(text: string): TotpSetup['code'] {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const runs: string[] = [];
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; ) {
      const from = column;
      while (column < modules.size && modules.get(row, column) !== 0) column++;
      const length = column - from;
      if (length > 0) runs.push(`M${from + QUIET_CELLS} ${row + QUIET_CELLS}h${length}v1h-${length}z`);
      else column++;
    }
  return { size: modules.size + 2 * QUIET_CELLS, path: runs.join('') };
}

/**
 * The 30-second step that a code belongs to; undefined where it is wrong or its step, or a later one, was used.
 * @param nowMs by the clock on the wall: people's phones know no other
 */
export function stepOfCode(
  secret: string,
  code: string,
  nowMs: number,
  lastStep: number,
): number | undefined {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const delta = totpOf('', secret).validate({ token, timestamp: nowMs, window: WINDOW_STEPS });
  if (delta === null) return undefined;
  const step = Math.floor(nowMs / 1_000 / PERIOD_SECONDS) + delta;
  return step > lastStep ? step : undefined;
}

/** The code of a moment: what an app would show. */
export const codeAt = (secret: string, nowMs: number): string =>
  totpOf('', secret).generate({ timestamp: nowMs });

/** Without letters and digits that look alike. */
const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
const LETTERS_PER_CODE = 16;

/** Codes for a drawer, to be shown once, and what is kept of them. Each has some 78 bits: no search finds it. */
export function newRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: MAX_RECOVERY_CODES }, () => {
    const letters = Array.from({ length: LETTERS_PER_CODE }, randomLetter).join('');
    return letters.replace(/(.{4})(?=.)/g, '$1-');
  });
  return { codes, hashes: codes.map(hashOfRecoveryCode) };
}

function randomLetter(): string {
  // 240 is the largest multiple of 30 in a byte: what is above it would make some letters likelier.
  for (;;) {
    const [byte = 255] = randomBytes(1);
    if (byte < 240) return LETTERS[byte % LETTERS.length] ?? '';
  }
}

const hashOfRecoveryCode = (code: string): string => sha256(code.toUpperCase().replace(/[^A-Z0-9]/g, ''));

/** Which of the hashes a recovery code is of. */
export function recoveryHashOf(code: string, hashes: readonly string[]): string | undefined {
  const given = Buffer.from(hashOfRecoveryCode(code), 'hex');
  return hashes.find((hash) => timingSafeEqual(Buffer.from(hash, 'hex'), given));
}
