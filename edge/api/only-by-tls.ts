import { TLSSocket } from 'node:tls';
import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import type { PageConfiguration } from './configuration.ts';
import { isLocalName, isLoopback } from './peer.ts';
import { Refused } from './problem.ts';

type Env = { Bindings: HttpBindings };

/** What may be asked for without TLS: to be able to begin with it, and whether the gateway is there. */
const plainPaths: ReadonlySet<string> = new Set(['/ca.crt', '/healthz']);

/**
 * Where there is HTTPS, nothing of the page crosses the network without it. This machine itself may go on as before,
 * and the proxy in front has its own word on that.
 */
export const onlyByTls =
  (
    { port }: { port(): number },
    page: Pick<PageConfiguration, 'names' | 'trustProxy'>,
  ): MiddlewareHandler<Env> =>
  async (context, next) => {
    const { socket } = context.env.incoming;
    const isHere = isLoopback(socket.remoteAddress ?? '');
    const isPlain = !(socket instanceof TLSSocket) && !isHere && !page.trustProxy;
    if (!isPlain || plainPaths.has(context.req.path)) return next();
    const { url = '/', method } = context.env.incoming;
    const to = httpsAddress(context.req.header('host'), url, port(), page.names);
    if (to !== undefined && (method === 'GET' || method === 'HEAD')) return context.redirect(to, 308);
    const address = to === undefined ? `https, port ${port()}` : new URL(to).origin;
    throw new Refused(403, 'only-by-https', `This page is reached by HTTPS only: ${address}`);
  };

/**
 * The same page by HTTPS; undefined where the Host header does not name this gateway, so that nobody is led elsewhere.
 * @param port of HTTPS; undefined: the one that was asked
 */
export function httpsAddress(
  host: string | undefined,
  path: string,
  port: number | undefined,
  names: readonly string[],
): string | undefined {
  if (host === undefined || !isLocalName(host, names) || !path.startsWith('/')) return undefined;
  const own = `https://${host}`;
  if (!URL.canParse(own)) return undefined;
  const url = new URL(own);
  if (url.host !== host.toLowerCase() && `${url.hostname}:443` !== host.toLowerCase()) return undefined;
  if (port !== undefined) url.port = String(port);
  return url.origin + path;
}
