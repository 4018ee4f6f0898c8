import type { Context } from 'hono';
import type { RelyingParty } from '../people/factors/passkeys.ts';
import type { SignInSettings } from '../people/settings.ts';
import { isEncrypted } from './client.ts';
import type { ApiParts } from './parts.ts';

type Options = Pick<ApiParts['options'], 'isSecure' | 'trustProxy'>;

/**
 * The origin that the desk is reached at: the configured one. Without it only this machine's own names count, as a
 * client may write any name into its request.
 */
export function originOf(
  context: Context,
  { origin }: Pick<SignInSettings, 'origin'>,
  options: Options,
): string | undefined {
  if (origin !== undefined) return origin;
  const host = context.req.header('host') ?? '';
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(host)
    ? `${isEncrypted(context, options) ? 'https' : 'http'}://${host}`
    : undefined;
}

/** Where passkeys are bound to; undefined where there can be none: browsers take no addresses of numbers. */
export function relyingPartyOf(
  context: Context,
  settings: Pick<SignInSettings, 'origin' | 'passkeyHost'>,
  options: Options,
): RelyingParty | undefined {
  const origin = originOf(context, settings, options);
  if (origin === undefined) return undefined;
  const { hostname, protocol } = new URL(origin);
  const isNumber = /^[\d.]+$|^\[/.test(hostname);
  if (isNumber || (protocol !== 'https:' && hostname !== 'localhost')) return undefined;
  return { id: settings.passkeyHost ?? hostname, origin };
}
