import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';
import type { Facts, Observables, Observation } from '../../devices/model/observation.ts';
import { addressOf } from './address.ts';
import { fitText } from './plain-text.ts';
import { type Reported, sourceFormat } from './source.ts';
import { type AccessLine, readAccessLine } from './web-access-line.ts';

/** nginx takes request lines of 8 KiB by default, and every byte may be written as four. */
const MAX_LINE_BYTES = 64 * 1024;
/** An observable holds so much of a request's target; the rest goes on in facts. */
const TARGET_PART_LENGTH = 512;
const MAX_TARGET_PARTS = 17;
const MAX_LOGIN_ENDPOINTS = 64;

const statuses = z.array(z.number().int().min(100).max(599)).max(32);

const loginEndpoint = z.strictObject({
  /** Path without query; `/account/*` stands for everything below. */
  path: z.string().startsWith('/').max(512),
  method: z
    .string()
    .regex(/^[A-Z]{1,16}$/, 'expected a method such as POST')
    .default('POST'),
  failedStatus: statuses.default([401, 403, 429]),
  succeededStatus: statuses.default([200, 204, 302, 303]),
  /** What one logs in to, where that is not the source's asset. */
  asset: identifier.optional(),
});
type LoginEndpoint = z.infer<typeof loginEndpoint>;

const settings = z.object({
  /** Requests that are log-ins: what they answer says whether they failed. */
  logins: z.array(loginEndpoint).max(MAX_LOGIN_ENDPOINTS).default([]),
  /**
   * The last quoted field is X-Forwarded-For (nginx's `main` format) and the server stands behind one proxy:
   * the address that the proxy added last is the client's.
   */
  forwardedFor: z.boolean().default(false),
});

/** The path in the form it is compared in: `//account/./Login/?x` is `/account/Login`. */
export function pathOf(target: string): string {
  const bare = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  let decoded = bare;
  try {
    decoded = decodeURIComponent(bare);
  } catch {
    // Not percent-encoded UTF-8: compared as it stands.
  }
  const parts: string[] = [];
  for (const part of decoded.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Which endpoint a request goes to; the configuration's paths are brought into comparable form once. */
function loginFinder(endpoints: readonly LoginEndpoint[]) {
  const below = (path: string) => `${path === '/' ? '' : path}/`;
  const known = endpoints.map((endpoint) => {
    const isPrefix = endpoint.path.endsWith('/*');
    return { endpoint, isPrefix, path: pathOf(isPrefix ? endpoint.path.slice(0, -1) : endpoint.path) };
  });
  return (method: string, target: string): LoginEndpoint | undefined => {
    if (known.length === 0) return undefined;
    const asked = pathOf(target);
    return known.find(
      ({ endpoint, isPrefix, path }) =>
        endpoint.method === method && (asked === path || (isPrefix && asked.startsWith(below(path)))),
    )?.endpoint;
  };
}

/** `GET /x HTTP/1.1`; what is no request line (a scanner's bytes, `-`) is a target without method. */
function requestOf(request: string): { method?: string; target: string } {
  const match = /^([A-Za-z]{1,20}) (.*?)(?: HTTP\/\d(?:\.\d)?)?$/s.exec(request);
  return match === null
    ? { target: request }
    : { method: (match[1] ?? '').toUpperCase(), target: match[2] ?? '' };
}

function clientOf(line: AccessLine, forwardedFor: boolean): { ip?: string; host?: string } {
  const forwarded = forwardedFor ? addressOf(line.further.at(-1)?.split(',').at(-1) ?? '') : undefined;
  const ip = forwarded ?? addressOf(line.client);
  return ip === undefined ? { host: line.client } : { ip };
}

/** All of a request's target, as far as it was kept: what `path` holds and what goes on in facts. */
export function requestTarget({ observables, facts }: Pick<Observation, 'observables' | 'facts'>): string {
  let target = observables?.path ?? '';
  for (let part = 2; part <= MAX_TARGET_PARTS; part++) {
    const next = facts?.[`path.${part}`];
    if (typeof next !== 'string') break;
    target += next;
  }
  return target;
}

/** A long target hides an attack behind padding: it is kept in parts, not cut. */
function targetParts(target: string): { path: string; rest: Facts } {
  const fit = fitText(target, TARGET_PART_LENGTH * MAX_TARGET_PARTS);
  const rest: Facts = {};
  for (let part = 2; (part - 1) * TARGET_PART_LENGTH < fit.length; part++)
    rest[`path.${part}`] = fit.slice((part - 1) * TARGET_PART_LENGTH, part * TARGET_PART_LENGTH);
  return { path: fit.slice(0, TARGET_PART_LENGTH), rest };
}

const line = (request: string, status: number | string, rest = '"-" "Mozilla/5.0"') =>
  `203.0.113.7 - - [23/Nov/2026:08:00:01 +0100] "${request}" ${status} ${rest}`;
const at = Date.UTC(2026, 10, 23, 7, 0, 1);
const logins = [{ path: '/account/login' }];

/** nginx and Apache, `combined` or `common`, one line a request. */
export const webAccess = sourceFormat({
  name: 'web-access',
  title: 'Web server access log',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings,
  reader({ logins: endpoints, forwardedFor }) {
    const loginAt = loginFinder(endpoints);
    return (input) => {
      const read = readAccessLine(input);
      if (typeof read === 'string') return { refused: read };
      const { method, target } = requestOf(read.request);
      const { path, rest } = targetParts(target);
      const observables: Observables = {
        ...clientOf(read, forwardedFor),
        path,
        ...(method === undefined ? {} : { method }),
        ...(read.userAgent === undefined ? {} : { 'user-agent': read.userAgent }),
        ...(read.referer === undefined ? {} : { referer: read.referer }),
      };
      const endpoint = method === undefined ? undefined : loginAt(method, target);
      const outcome = endpoint?.failedStatus.includes(read.status)
        ? 'login.failed'
        : endpoint?.succeededStatus.includes(read.status)
          ? 'login.succeeded'
          : undefined;
      const reported: Reported = {
        kind: outcome ?? 'web.requested',
        observedAt: read.at,
        observables,
        facts: {
          status: read.status,
          bytes: read.bytes,
          ...(read.virtualHost === undefined ? {} : { virtualHost: read.virtualHost }),
          ...rest,
        },
        ...(read.remoteUser === undefined ? {} : { subjects: { account: read.remoteUser } }),
        ...(outcome === undefined || endpoint?.asset === undefined ? {} : { asset: endpoint.asset }),
      };
      return { reported: [reported] };
    };
  },
  samples: [
    {
      name: 'a page is fetched',
      input:
        '203.0.113.7 - - [23/Nov/2026:08:00:01 +0100] "GET /p/42?x=1 HTTP/1.1" 200 5120 "https://shop.example/" "Mozilla/5.0 (X11; Linux x86_64)"',
      expect: {
        reported: [
          {
            kind: 'web.requested',
            observedAt: at,
            observables: {
              ip: '203.0.113.7',
              path: '/p/42?x=1',
              method: 'GET',
              'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
              referer: 'https://shop.example/',
            },
            facts: { status: 200, bytes: 5_120 },
          },
        ],
      },
    },
    {
      name: 'a log-in fails, its path written with detours',
      settings: { logins },
      input: line('POST //account/./login/?next=%2F HTTP/2.0', '401 12'),
      expect: {
        reported: [
          {
            kind: 'login.failed',
            observedAt: at,
            observables: {
              ip: '203.0.113.7',
              path: '//account/./login/?next=%2F',
              method: 'POST',
              'user-agent': 'Mozilla/5.0',
            },
            facts: { status: 401, bytes: 12 },
          },
        ],
      },
    },
    {
      name: 'a log-in to the administration succeeds; the log knows the account',
      settings: {
        logins: [{ path: '/admin/*', method: 'GET', succeededStatus: [200], asset: 'shop-admin' }],
      },
      input: '2001:DB8::7 - a.weber [23/Nov/2026:07:00:01 +0000] "GET /admin/ HTTP/1.1" 200 - "-" "curl/8.5"',
      expect: {
        reported: [
          {
            kind: 'login.succeeded',
            observedAt: at,
            subjects: { account: 'a.weber' },
            observables: { ip: '2001:db8::7', path: '/admin/', method: 'GET', 'user-agent': 'curl/8.5' },
            facts: { status: 200, bytes: 0 },
            asset: 'shop-admin',
          },
        ],
      },
    },
    {
      name: 'the form of a log-in is only looked at',
      settings: { logins },
      input: line('GET /account/login HTTP/1.1', '200 900', '"-" "-"'),
      expect: {
        reported: [
          {
            kind: 'web.requested',
            observedAt: at,
            observables: { ip: '203.0.113.7', path: '/account/login', method: 'GET' },
            facts: { status: 200, bytes: 900 },
          },
        ],
      },
    },
    {
      name: 'quotation marks and foreign letters in a user agent are escaped',
      input: line('GET / HTTP/1.1', '200 1', '"-" "evil \\"agent\\" \\xC3\\xA4 \\\\ end"'),
      expect: {
        reported: [
          {
            kind: 'web.requested',
            observedAt: at,
            observables: {
              ip: '203.0.113.7',
              path: '/',
              method: 'GET',
              'user-agent': 'evil "agent" ä \\ end',
            },
            facts: { status: 200, bytes: 1 },
          },
        ],
      },
    },
    {
      name: "a scanner's bytes are no request line but are kept",
      input: line('\\x16\\x03\\x01', '400 157', '"-" "-"'),
      expect: {
        reported: [
          {
            kind: 'web.requested',
            observedAt: at,
            observables: { ip: '203.0.113.7', path: '\ufffd\ufffd\ufffd' },
            facts: { status: 400, bytes: 157 },
          },
        ],
      },
    },
    {
      name: 'behind a proxy the client is the address that the proxy added',
      settings: { forwardedFor: true },
      input:
        '10.0.0.2 - - [23/Nov/2026:08:00:01 +0100] "GET / HTTP/1.1" 200 1 "-" "-" "6.6.6.6, 198.51.100.9"',
      expect: {
        reported: [
          {
            kind: 'web.requested',
            observedAt: at,
            observables: { ip: '198.51.100.9', path: '/', method: 'GET' },
            facts: { status: 200, bytes: 1 },
          },
        ],
      },
    },
    {
      name: 'Apache with a virtual host, the common format, a client by name',
      input: 'shop.example:443 ::ffff:192.0.2.1 - - [23/Nov/2026:08:00:01 +0100] "HEAD / HTTP/1.0" 304 -',
      expect: {
        reported: [
          {
            kind: 'web.requested',
            observedAt: at,
            observables: { ip: '192.0.2.1', path: '/', method: 'HEAD' },
            facts: { status: 304, bytes: 0, virtualHost: 'shop.example:443' },
          },
        ],
      },
    },
    {
      name: 'a long target is kept whole, in parts',
      input: line(`GET /${'a'.repeat(600)} HTTP/1.1`, '404 1', '"-" "-"'),
      expect: {
        reported: [
          {
            kind: 'web.requested',
            observedAt: at,
            observables: { ip: '203.0.113.7', path: `/${'a'.repeat(511)}`, method: 'GET' },
            facts: { status: 404, bytes: 1, 'path.2': 'a'.repeat(89) },
          },
        ],
      },
    },
    {
      name: 'a line of another log',
      input: 'Nov 23 07:00:01 host sshd[1]: Server listening on 0.0.0.0 port 22.',
      expect: { refused: 'no time in square brackets' },
    },
    {
      name: 'a day that does not exist',
      input: '192.0.2.1 - - [31/Nov/2026:08:00:01 +0100] "GET / HTTP/1.1" 200 1 "-" "-"',
      expect: { refused: 'the time is not like [23/Nov/2026:07:00:01 +0100]' },
    },
  ],
});
