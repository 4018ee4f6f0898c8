import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { filledIn } from '../expression.ts';
import { fillTemplate, type HttpCall, type HttpTarget, placesIn } from '../settings.ts';
import { type Action, type Outcome, problem, targetsOf, unknownValues } from './action.ts';

/** Of an answer, what is read at most; what is kept of it is less. */
const MAX_ANSWER_BYTES = 64 * 1024;
const KEPT_OF_ANSWER = 200;
const MAX_ARGUMENT = 500;

/**
 * `POST /block-account?account=__account__:value`: the name of a call and its arguments. The step's target names the
 * partner. Where it really goes, how and with which secret, only the configuration knows: a playbook, whoever wrote it,
 * reaches nothing else.
 */
export const http: Action<'http'> = {
  kind: 'http',
  command: 'http-api',
  title: 'Ask the shop, the payment service, the firewall or the identity provider',
  example: 'POST /block-account?account=__account__:value',
  prepare(command, { settings, playbook, step, values }) {
    const read = callIn(command.command ?? '');
    if (read === undefined) return problem('expected METHOD /call?name=value');
    const [name = ''] = targetsOf(step, playbook);
    const target = settings.targets[name];
    // Somebody else's playbook, or a partner that is not connected here: people do it by hand.
    if (target === undefined) return { is: 'manual' };
    const call = target.calls[read.call];
    if (call === undefined)
      return problem(
        `${target.title} has no call "${read.call}"; known: ${Object.keys(target.calls).join(', ')}`,
      );
    const filled: Record<string, string> = {};
    const missing: string[] = [];
    for (const [key, value] of read.arguments) {
      const result = filledIn(value, values);
      filled[key] = result.text.slice(0, MAX_ARGUMENT);
      missing.push(...result.missing);
    }
    if (missing.length > 0) return problem(unknownValues(missing, playbook));
    const absent = placesIn(call).filter((place) => filled[place] === undefined);
    if (absent.length > 0) return problem(`${read.call} asks for ${absent.join(', ')}`);
    const stray = Object.values(filled).find((value) => value === '.' || value === '..');
    if (stray !== undefined) return problem(`"${stray}" is no argument`);
    return {
      is: 'deed',
      deed: { kind: 'http', target: name, call: read.call, arguments: filled },
      says: `${target.title}: ${fillTemplate(call.title, filled)}`,
      isRepeatable: call.repeatable,
      ...(call.endangers === 'none' ? {} : { danger: call.endangers }),
    };
  },
  async perform({ id }, deed, { settings, resolve }, signal) {
    const target = settings.targets[deed.target];
    const call = target?.calls[deed.call];
    if (target === undefined || call === undefined)
      return { state: 'failed', detail: `${deed.target} ${deed.call} is not in the configuration any more` };
    let asked: Asked;
    try {
      asked = askedFor(target, call, deed.arguments, id, resolve);
    } catch (error) {
      return { state: 'failed', detail: error instanceof Error ? error.message : String(error) };
    }
    return ask(asked, target, call, signal);
  },
};

function callIn(command: string): { call: string; arguments: [string, string][] } | undefined {
  const match =
    /^(?:GET|POST|PUT|PATCH|DELETE)\s+\/([a-z0-9][a-z0-9-]{0,63})(?:\?(\S*))?(?:\s+HTTP\/\S+)?$/.exec(
      command.trim(),
    );
  if (match === null) return undefined;
  const pairs = (match[2] ?? '').split('&').filter((pair) => pair !== '');
  return {
    call: match[1] ?? '',
    arguments: pairs.map((pair) => {
      const [key = '', ...value] = pair.split('=');
      return [key, value.join('=').replaceAll('+', ' ')];
    }),
  };
}

interface Asked {
  url: URL;
  headers: Record<string, string>;
  body: string | undefined;
  ca: Buffer | undefined;
}

/** @throws Error where a secret can't be read or the address would leave what is configured */
function askedFor(
  target: HttpTarget,
  call: HttpCall,
  values: Readonly<Record<string, string>>,
  id: string,
  resolve: (path: string) => string,
): Asked {
  const base = new URL(target.url.endsWith('/') ? target.url : `${target.url}/`);
  const path = fillTemplate(call.path.replace(/^\/+/, ''), values, encodeURIComponent);
  const url = new URL(path, base);
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname))
    throw new Error(`${path} leaves ${base.href}`);
  const secret =
    target.tokenFile === undefined ? undefined : readFileSync(resolve(target.tokenFile), 'utf8').trim();
  const body = call.body === undefined ? undefined : JSON.stringify(filledBody(call.body, values));
  return {
    url,
    body,
    ca: target.caFile === undefined ? undefined : readFileSync(resolve(target.caFile)),
    headers: {
      accept: 'application/json, text/plain;q=0.5',
      'user-agent': 'gatehouse',
      'idempotency-key': id,
      ...target.headers,
      ...(secret === undefined
        ? {}
        : { [target.tokenHeader]: target.tokenHeader === 'authorization' ? `Bearer ${secret}` : secret }),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    },
  };
}

/** Values go into texts that are already inside the structure: they can't break out of it. */
function filledBody(body: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof body === 'string') return fillTemplate(body, values);
  if (Array.isArray(body)) return body.map((one) => filledBody(one, values));
  if (typeof body === 'object' && body !== null)
    return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, filledBody(value, values)]));
  return body;
}

/** Nothing was listening, or its name is not known: it was surely not done. */
const never = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** One request; redirections are not followed, they would lead away from what is configured. */
function ask(
  { url, headers, body, ca }: Asked,
  { timeoutMs, title }: HttpTarget,
  { method, repeatable }: HttpCall,
  signal: AbortSignal,
): Promise<Outcome> {
  const lost: Outcome['state'] = repeatable ? 'failed' : 'unknown';
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? secureRequest : plainRequest;
    const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const sent = send(url, {
      method,
      headers,
      signal: until,
      agent: false,
      ...(ca === undefined ? {} : { ca }),
    });
    sent.once('error', (error: NodeJS.ErrnoException) =>
      resolve({
        state:
          never.has(error.code ?? '') || /certificate|self-signed/i.test(error.message) ? 'failed' : lost,
        detail: signal.aborted
          ? `${title}: interrupted`
          : until.aborted
            ? `${title}: no answer within ${timeoutMs} ms`
            : `${title}: ${error.message}`,
      }),
    );
    sent.once('response', (answer) => {
      const status = answer.statusCode ?? 0;
      const chunks: Buffer[] = [];
      let length = 0;
      const end = () => {
        const said = Buffer.concat(chunks)
          .toString('utf8')
          // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose.
          .replace(/[\u0000-\u001f\u007f]+/g, ' ')
          .trim()
          .slice(0, KEPT_OF_ANSWER);
        resolve({
          state: status >= 200 && status < 300 ? 'ok' : status >= 500 ? lost : 'failed',
          detail: `${title} answered ${status}${said === '' ? '' : `: ${said}`}`,
        });
      };
      answer.on('data', (chunk: Buffer) => {
        if (length < MAX_ANSWER_BYTES) chunks.push(chunk.subarray(0, MAX_ANSWER_BYTES - length));
        length += chunk.length;
        if (length >= MAX_ANSWER_BYTES) answer.destroy();
      });
      answer.once('close', end);
    });
    sent.end(body);
  });
}
