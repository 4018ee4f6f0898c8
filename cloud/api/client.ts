import type { Context } from 'hono';
import type { ApiParts } from './parts.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The address at the other end of the connection. */
function peerOf(context: Context): string {
  const incoming = isObject(context.env) ? context.env.incoming : undefined;
  const socket = isObject(incoming) ? incoming.socket : undefined;
  const address = isObject(socket) ? socket.remoteAddress : undefined;
  return typeof address === 'string' ? address.replace(/^::ffff:/, '') : 'unknown';
}

const MAX_ADDRESS_LENGTH = 64;

/** Who asks: the last address that the trusted proxy wrote, else the peer. What a client wrote before it is passed over. */
export function addressOf(context: Context, { trustProxy }: Pick<ApiParts['options'], 'trustProxy'>): string {
  const forwarded = trustProxy ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return forwarded === undefined || forwarded === ''
    ? peerOf(context)
    : forwarded.slice(0, MAX_ADDRESS_LENGTH).replace(/[^\w.:[\]-]/g, '?');
}

/** Whether somebody in front speaks for others, whom nobody told us to trust: the peer's address then says nothing. */
export const isForwarded = (
  context: Context,
  { trustProxy }: Pick<ApiParts['options'], 'trustProxy'>,
): boolean =>
  !trustProxy &&
  ['x-forwarded-for', 'forwarded', 'x-real-ip'].some((name) => context.req.header(name) !== undefined);

/** Whether the person's connection is encrypted, as far as anybody can tell. */
export const isEncrypted = (
  context: Context,
  { isSecure, trustProxy }: Pick<ApiParts['options'], 'isSecure' | 'trustProxy'>,
): boolean => isSecure || (trustProxy && context.req.header('x-forwarded-proto') === 'https');

export const isLoopback = (address: string): boolean => /^127\./.test(address) || address === '::1';

/** Ends the connection under a request, where there is one. */
export function cutOf(context: Context): (() => void) | undefined {
  const outgoing = isObject(context.env) ? context.env.outgoing : undefined;
  if (!isObject(outgoing) || typeof outgoing.destroy !== 'function') return undefined;
  const { destroy } = outgoing;
  return () => void destroy.call(outgoing);
}
