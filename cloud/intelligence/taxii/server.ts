/** A TAXII 2.1 server for partners: discovery, one API root, collections, objects. */
import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { isStixId } from '../stix/identifiers.ts';
import { type Partner, type Partners, partnersOf, type SharedCollection } from './partners.ts';
import {
  accepts,
  type Collection,
  type collections,
  envelope,
  type errorMessage,
  isTaxii,
  MAX_CONTENT_BYTES,
  MAX_PAGE,
  MEDIA_TYPE,
  microseconds,
  type Status,
  type StixObject,
  taxiiTime,
} from './resources.ts';
import type { Filter, Shelf, Shelved } from './shelf.ts';

/** Objects of one post. */
const MAX_POSTED = 10_000;
/** Values of one filter. */
const MAX_MATCHES = 1_000;

export interface TaxiiServerOptions {
  /** `/taxii2/` and what is below it. */
  title: string;
  description?: string | undefined;
  contact?: string | undefined;
  collections: readonly SharedCollection[];
  partners: readonly Partner[];
  shelf: Shelf;
  /** ms */
  now(): number;
  /** What partners posted and was kept. */
  onPosted(partner: Partner, collection: SharedCollection, objects: readonly StixObject[]): void;
  /** Who asked for what, and how it ended. */
  onAsked?(asked: { partner: string | undefined; method: string; path: string; status: number }): void;
}

/** A refusal, as section 3.6.1 has it. */
class Refusal extends Error {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  constructor(status: ContentfulStatusCode, title: string, description?: string) {
    super(description ?? title);
    this.status = status;
    this.title = title;
  }
}

const ROOT = '/taxii2/';
const API = `${ROOT}partners/`;

interface Asking {
  context: Context;
  partner: Partner;
}

export function taxiiRoutes(options: TaxiiServerOptions): Hono {
  const { shelf } = options;
  const partners: Partners = partnersOf(options.partners);
  const app = new Hono();

  const answer = (context: Context, body: object, status: ContentfulStatusCode = 200, headers = {}) =>
    context.body(JSON.stringify(body), status, { 'content-type': MEDIA_TYPE, ...headers });

  const admitted = (context: Context): Asking => {
    const partner = partners.authenticate(context.req.header('authorization'));
    if (partner === undefined && partners.isGuessed) throw new Refusal(429, 'Too many wrong tokens');
    if (partner === undefined) throw new Refusal(401, 'Not signed in');
    if (!accepts(context.req.header('accept')))
      throw new Refusal(406, 'Not acceptable', `Only ${MEDIA_TYPE} is spoken here.`);
    return { context, partner };
  };
  const on = (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    handle: (asking: Asking) => Response | Promise<Response>,
  ) =>
    // The standard ends every path with a slash; programs of partners forget it.
    app.on(method, [path, path.slice(0, -1)], async (context) => {
      const asking = admitted(context);
      const response = await handle(asking);
      options.onAsked?.({
        partner: asking.partner.name,
        method,
        path: context.req.path,
        status: response.status,
      });
      return response;
    });

  app.onError((error, context) => {
    const known = error instanceof Refusal ? error : new Refusal(500, 'Something went wrong here');
    const body: z.infer<typeof errorMessage> = {
      title: known.title,
      ...(known.message === known.title ? {} : { description: known.message }),
      error_id: randomUUID(),
      http_status: String(known.status),
    };
    options.onAsked?.({
      partner: undefined,
      method: context.req.method,
      path: context.req.path,
      status: known.status,
    });
    return answer(context, body, known.status, {
      ...(known.status === 401 ? { 'www-authenticate': 'Basic realm="TAXII", Bearer' } : {}),
      ...(known.status === 429 ? { 'retry-after': '10' } : {}),
    });
  });

  const described = ({ id, alias, title, description }: SharedCollection, partner: Partner): Collection => ({
    id,
    title,
    ...(description === undefined ? {} : { description }),
    alias,
    can_read: partner.read.includes(alias),
    can_write: partner.write.includes(alias),
    media_types: ['application/stix+json;version=2.1'],
  });
  /** A collection that a partner may neither read nor write is not there for them (section 5.3). */
  const collectionOf = ({ context, partner }: Asking, right?: 'read' | 'write'): SharedCollection => {
    const wanted = context.req.param('collection');
    const found = options.collections.find(({ id, alias }) => id === wanted || alias === wanted);
    const may = (which: 'read' | 'write') => found !== undefined && partner[which].includes(found.alias);
    if (found === undefined || !(may('read') || may('write'))) throw new Refusal(404, 'No such collection');
    if (right !== undefined && !may(right)) throw new Refusal(403, `You may not ${right} this collection`);
    return found;
  };

  on('GET', ROOT, ({ context }) => {
    const root = new URL(API, context.req.url).href;
    const { title, description, contact } = options;
    return answer(context, {
      title,
      ...(description === undefined ? {} : { description }),
      ...(contact === undefined ? {} : { contact }),
      default: root,
      api_roots: [root],
    });
  });
  on('GET', API, ({ context }) =>
    answer(context, {
      title: options.title,
      versions: [MEDIA_TYPE],
      max_content_length: MAX_CONTENT_BYTES,
    }),
  );
  on('GET', `${API}status/:status/`, ({ context, partner }) => {
    const status = shelf.status(partner.name, context.req.param('status') ?? '');
    if (status === undefined) throw new Refusal(404, 'No such status');
    return answer(context, status);
  });
  on('GET', `${API}collections/`, ({ context, partner }) => {
    const shown = options.collections
      .map((one) => described(one, partner))
      .filter(({ can_read, can_write }) => can_read || can_write);
    const body: z.infer<typeof collections> = shown.length === 0 ? {} : { collections: shown };
    return answer(context, body);
  });
  on('GET', `${API}collections/:collection/`, (asking) =>
    answer(asking.context, described(collectionOf(asking), asking.partner)),
  );

  const dates = (found: readonly Shelved[]): Record<string, string> => {
    const [first, last] = [found[0], found.at(-1)];
    return first === undefined || last === undefined
      ? {}
      : {
          'x-taxii-date-added-first': taxiiTime(first.added),
          'x-taxii-date-added-last': taxiiTime(last.added),
        };
  };
  const paged = (found: readonly Shelved[], more: boolean) =>
    more ? { more, next: Buffer.from(String(found.at(-1)?.added ?? 0)).toString('base64url') } : {};

  on('GET', `${API}collections/:collection/objects/`, (asking) => {
    const { found, more } = shelf.list(collectionOf(asking, 'read').id, filterOf(asking.context));
    const body = found.length === 0 ? {} : { ...paged(found, more), objects: found.map((one) => one.object) };
    return answer(asking.context, body, 200, dates(found));
  });
  on('GET', `${API}collections/:collection/manifest/`, (asking) => {
    const { found, more } = shelf.list(collectionOf(asking, 'read').id, filterOf(asking.context));
    const objects = found.map(({ id, version, added }) => ({
      id,
      date_added: taxiiTime(added),
      version,
      media_type: 'application/stix+json;version=2.1',
    }));
    return answer(
      asking.context,
      found.length === 0 ? {} : { ...paged(found, more), objects },
      200,
      dates(found),
    );
  });
  const oneObject = (asking: Asking, all: boolean): { found: Shelved[]; more: boolean } => {
    const { id: collection } = collectionOf(asking, 'read');
    const id = asking.context.req.param('object') ?? '';
    if (!shelf.has(collection, id)) throw new Refusal(404, 'No such object');
    const filter = filterOf(asking.context, ['id', 'type', ...(all ? ['version'] : [])]);
    return shelf.list(collection, { ...filter, ids: [id], ...(all ? { versions: ['all'] } : {}) });
  };
  on('GET', `${API}collections/:collection/objects/:object/`, (asking) => {
    const { found, more } = oneObject(asking, false);
    const body = found.length === 0 ? {} : { ...paged(found, more), objects: found.map((one) => one.object) };
    return answer(asking.context, body, 200, dates(found));
  });
  on('GET', `${API}collections/:collection/objects/:object/versions/`, (asking) => {
    const { found, more } = oneObject(asking, true);
    const list = found.map(({ version }) => version);
    return answer(
      asking.context,
      found.length === 0 ? {} : { ...paged(found, more), versions: list },
      200,
      dates(found),
    );
  });
  on('DELETE', `${API}collections/:collection/objects/:object/`, (asking) => {
    collectionOf(asking, 'write');
    throw new Refusal(403, 'Nothing is deleted here', 'Publish a version that is revoked instead.');
  });

  on('POST', `${API}collections/:collection/objects/`, async (asking) => {
    const { context, partner } = asking;
    const collection = collectionOf(asking, 'write');
    if (!isTaxii(context.req.header('content-type')))
      throw new Refusal(415, 'Unsupported media type', `The body must be ${MEDIA_TYPE}.`);
    const requestedAt = options.now();
    const posted = envelope.safeParse(await bodyOf(context));
    if (!posted.success) throw new Refusal(422, 'Not an envelope of STIX objects');
    const objects = posted.data.objects ?? [];
    if (objects.length > MAX_POSTED) throw new Refusal(413, `At most ${MAX_POSTED} objects at once`);
    const status = take(partner, collection, objects, requestedAt);
    return answer(context, status, 202);
  });

  const take = (
    partner: Partner,
    collection: SharedCollection,
    objects: readonly StixObject[],
    requestedAt: number,
  ): Status => {
    const problems = objects.map(problemOf);
    const good = objects.filter((_, index) => problems[index] === undefined);
    shelf.put(collection.id, good);
    const of = (object: StixObject) => ({
      id: object.id.slice(0, 300),
      version:
        [object.modified, object.created].find(
          (time): time is string => typeof time === 'string' && microseconds(time) !== undefined,
        ) ?? taxiiTime(requestedAt * 1_000),
    });
    const failures = objects.flatMap((object, index) => {
      const message = problems[index];
      return message === undefined ? [] : [{ ...of(object), message }];
    });
    const status: Status = {
      id: randomUUID(),
      status: 'complete',
      request_timestamp: taxiiTime(requestedAt * 1_000),
      total_count: objects.length,
      success_count: good.length,
      ...(good.length === 0 ? {} : { successes: good.map(of) }),
      failure_count: failures.length,
      ...(failures.length === 0 ? {} : { failures }),
      pending_count: 0,
    };
    shelf.putStatus(partner.name, status);
    if (good.length > 0) options.onPosted(partner, collection, good);
    return status;
  };

  app.all(`${ROOT}*`, (context) => {
    admitted(context);
    throw new Refusal(404, 'There is nothing here');
  });
  return app;
}

/** Why an object is not taken. */
function problemOf(object: StixObject): string | undefined {
  if (!isStixId(object.id) || !object.id.startsWith(`${object.type}--`)) return 'its id is none of its type';
  if (object.spec_version !== undefined && object.spec_version !== '2.1') return 'only STIX 2.1 is taken';
  return undefined;
}

/** @throws Refusal */
async function bodyOf(context: Context): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    length += chunk.length;
    if (length > MAX_CONTENT_BYTES) throw new Refusal(413, `At most ${MAX_CONTENT_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new Refusal(400, 'Not JSON');
  }
}

/** @param not filters that mean nothing here @throws Refusal */
function filterOf(context: Context, not: readonly string[] = []): Filter {
  const { req } = context;
  const wrong = (what: string): Refusal => new Refusal(400, `${what} can't be read`);
  const time = (what: string, text: string): number => {
    const us = microseconds(text);
    if (us === undefined) throw wrong(what);
    return us;
  };
  const matches = (name: string): string[] | undefined => {
    const given = not.includes(name) ? undefined : req.query(`match[${name}]`);
    const values = given?.split(',').map((one) => one.trim());
    if (values !== undefined && (values.length > MAX_MATCHES || values.includes('')))
      throw wrong(`match[${name}]`);
    return values;
  };
  const after = req.query('added_after');
  const limit = req.query('limit');
  const next = req.query('next');
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit)) throw wrong('limit');
  const place = next === undefined ? undefined : Buffer.from(next, 'base64url').toString();
  if (place !== undefined && !/^\d{1,17}$/.test(place)) throw wrong('next');
  return {
    addedAfter: after === undefined ? undefined : time('added_after', after),
    ids: matches('id'),
    types: matches('type'),
    specVersions: matches('spec_version'),
    versions: matches('version')?.map((one) =>
      one === 'first' || one === 'last' || one === 'all' ? one : time('match[version]', one),
    ),
    after: place === undefined ? undefined : Number(place),
    limit: Math.min(MAX_PAGE, limit === undefined ? MAX_PAGE : Number(limit)),
  };
}
