/** The link in an alert by which its reader takes the incident, without signing in first: it names one alert and runs out. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** After that whoever wants to act signs in, ms. */
export const LINK_LASTS_MS = 12 * 3_600_000;

const HEX = /^[0-9a-f]+$/;

const mac = (key: string, alert: string, until: number): Buffer =>
  createHmac('sha256', Buffer.from(key, 'base64url')).update(`acknowledge\n${alert}\n${until}`).digest();

/** @param key 32 random bytes, base64url */
export const tokenFor = (key: string, alert: string, until: number): string =>
  `${alert}.${until.toString(36)}.${mac(key, alert, until).toString('hex')}`;

/** Whose alert a token is for; undefined where it is not ours or has run out. */
export function alertOf(key: string, token: string, now: number): string | undefined {
  const [alert = '', until = '', given = '', ...more] = token.split('.');
  if (more.length > 0 || given.length !== 64 || !HEX.test(given) || !/^[0-9a-z]{1,12}$/.test(until))
    return undefined;
  const at = Number.parseInt(until, 36);
  if (!timingSafeEqual(mac(key, alert, at), Buffer.from(given, 'hex'))) return undefined;
  return at >= now ? alert : undefined;
}
