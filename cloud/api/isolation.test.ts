import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { TestLane } from '../ingest/testing.ts';
import {
  type CloudRig,
  eventually,
  PASSWORD,
  type Person,
  signIn,
  startRig,
  TestGateway,
  TOKEN,
} from '../testing.ts';
import { apiError, incidentList, situationalPicture } from './answers.ts';
import { hashPassword } from './password.ts';
import { role } from './rights.ts';

/**
 * Two tenants in one installation. What is Linden's must not be told to Birch by any route, whatever is asked: neither
 * by an id, nor in a list, nor in the stream.
 */
const SECRETS = [
  'Linden Pharmacy',
  'Linden back door',
  'Linden fridge',
  'Linden store room',
  'Linda Forester',
  'The Linden door was forced',
  '04AA',
  'l.forester',
];

const site = (id: string, tenant: string, name: string) => ({ id, tenant, name, timeZone: 'UTC' });
const registry = {
  sites: [site('linden', 'north', 'Linden Pharmacy'), site('birch', 'south', 'Birch Pharmacy')],
  zones: [
    { id: 'linden-store', site: 'linden', name: 'Linden store room' },
    { id: 'birch-store', site: 'birch', name: 'Birch store room' },
  ],
  assets: ['linden', 'birch'].flatMap((of) => {
    const name = of === 'linden' ? 'Linden' : 'Birch';
    return [
      {
        id: `${of}-door`,
        kind: 'door',
        name: `${name} back door`,
        site: of,
        zone: `${of}-store`,
        criticality: 4,
      },
      { id: `${of}-fridge`, kind: 'fridge', name: `${name} fridge`, site: of, zone: `${of}-store` },
      { id: `${of}-camera`, kind: 'camera', name: `${name} camera`, site: of, zone: `${of}-store` },
    ];
  }),
  identities: [
    { id: 'linda', name: 'Linda Forester', sites: ['linden'], badges: ['04AA'], accounts: ['l.forester'] },
    { id: 'bert', name: 'Bert Walder', sites: ['birch'], badges: ['04BB'], accounts: ['b.walder'] },
  ],
};

let rig: CloudRig;
let north: string;
let south: string;
let whole: Person;
const pool: string[] = [
  'linden',
  'linden-store',
  'linden-door',
  'linden-fridge',
  'linda',
  'north-operator',
  'north',
];

beforeAll(async () => {
  const passwordHash = await hashPassword(PASSWORD, 1_024);
  const file = join(tmpdir(), `gatehouse-tenants-${process.pid}.yaml`);
  await writeFile(file, JSON.stringify(registry));
  const tokenSha256 = createHash('sha256').update(TOKEN).digest('hex');
  const ofTenant = (tenant: string) =>
    role.options.map((one) => ({
      name: `${tenant}-${one}`,
      role: one,
      passwordHash,
      scope: { of: 'tenants', tenants: [tenant] },
    }));
  rig = await startRig({
    registry: file,
    sources: [],
    gateways: ['linden', 'birch'].map((of) => ({ id: `${of}-gateway`, site: of, tokenSha256 })),
    accounts: [
      { name: 'administrator', role: 'administrator', passwordHash },
      ...ofTenant('north'),
      ...ofTenant('south'),
    ],
  });
  const now = Date.now();
  for (const of of ['linden', 'birch']) {
    const gateway = new TestGateway(rig.address, new TestLane('alarm', `${of}-gateway`));
    const name = of === 'linden' ? 'Linden' : 'Birch';
    await gateway.send(
      gateway.observation({
        kind: 'temperature.measured',
        site: of,
        asset: `${of}-fridge`,
        value: 5,
        observedAt: now,
      }),
      gateway.detection(`${of}-1`, now, {
        site: of,
        assets: [`${of}-door`],
        identities: [of === 'linden' ? 'linda' : 'bert'],
        summary: `The ${name} door was forced`,
      }),
      gateway.body((id) => ({
        type: 'picture',
        picture: {
          id,
          asset: `${of}-camera`,
          site: of,
          takenAt: now,
          mediaType: 'image/jpeg',
          base64: Buffer.from([0xff, 0xd8, 0xff, 0xd9]).toString('base64'),
        },
      })),
    );
  }
  whole = await signIn(rig.address, 'administrator');
  [north, south] = await eventually('two incidents', async () => {
    const { items } = await whole.read('/api/incidents', incidentList);
    const of = (id: string) => items.find(({ sites }) => sites.some((one) => one.id === id))?.id;
    const [one, other] = [of('linden'), of('birch')];
    return one === undefined || other === undefined ? undefined : ([one, other] as [string, string]);
  });
  const page = await (await whole.get(`/api/incidents/${encodeURIComponent(north)}`)).json();
  const pictures = z.object({ pictures: z.array(z.object({ id: z.string() })) }).parse(page).pictures;
  expect(pictures).toHaveLength(1);
  const made = await whole.send('/api/suppressions', {
    rule: 'door-held-open',
    asset: 'linden-door',
    text: 'Linden back door is being mended',
    until: now + 3_600_000,
  });
  const { id: suppression } = z.object({ id: z.string() }).parse(await made.json());
  pool.push(north, 'linden-1', suppression, ...pictures.map(({ id }) => id));
});
afterAll(() => rig.stop());

const schemaShape = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

const operationShape = z.looseObject({
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.string(),
        schema: z.unknown(),
        required: z.boolean().optional(),
      }),
    )
    .default([]),
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
    .optional(),
});

interface Walked {
  method: string;
  path: string;
  params: string[];
  query: { name: string; schema: unknown; required: boolean }[];
  body: unknown;
}

/** Every route that there is, out of the routes' own description. */
async function routes(): Promise<Walked[]> {
  const document = z
    .looseObject({ paths: z.record(z.string(), z.record(z.string(), operationShape)) })
    .parse(await (await fetch(`${rig.address}/openapi.json`)).json());
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters, requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      params: parameters.filter((one) => one.in === 'path').map(({ name }) => name),
      query: parameters
        .filter((one) => one.in === 'query')
        .map(({ name, schema, required = false }) => ({ name, schema, required })),
      body: requestBody?.content['application/json']?.schema,
    })),
  );
}

/** Would end the session itself, never ends, or is a device's or nobody's in particular. */
const apart = (route: Walked): boolean =>
  (route.method === 'DELETE' && route.path === '/api/session') ||
  route.path === '/api/stream' ||
  !route.path.startsWith('/api/') ||
  /^\/api\/(sign-in|invitations|identity)\b/.test(route.path) ||
  // Would lock these people out of the rest of the test.
  route.path === '/api/account/password' ||
  (route.path === '/api/session' && route.method === 'POST');

const foreign = () => fc.constantFrom(...pool);

/** Something of a schema's shape whose texts are another tenant's ids. */
function valueLike(schema: unknown, depth = 0): fc.Arbitrary<unknown> {
  const read = schemaShape.safeParse(schema);
  if (!read.success || depth > 5) return fc.constant(null);
  const { type, enum: values, anyOf, oneOf, items, properties = {}, required = [] } = read.data;
  if (read.data.const !== undefined) return fc.constant(read.data.const);
  if (values !== undefined && values.length > 0) return fc.constantFrom(...values);
  const choices = anyOf ?? oneOf;
  if (choices !== undefined && choices.length > 0)
    return fc.oneof(...choices.map((one) => valueLike(one, depth + 1)));
  switch (type) {
    case 'string':
      return foreign();
    case 'boolean':
      return fc.boolean();
    case 'number':
    case 'integer':
      return fc.constantFrom(
        read.data.minimum ?? 1,
        Math.min(read.data.maximum ?? 4e12, Date.now() + 60_000),
      );
    case 'array':
      return fc.array(valueLike(items, depth + 1), { minLength: 1, maxLength: 2 });
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, valueLike(of, depth + 1)])),
        { requiredKeys: required.filter((name) => name in properties) },
      );
    default:
      return fc.constant(null);
  }
}

const told = (text: string): string[] => SECRETS.filter((secret) => text.includes(secret));

async function ask(person: Person, route: Walked, path: string, body: unknown) {
  const response =
    route.method === 'GET' ? await person.get(path) : await person.send(path, body, route.method);
  return { status: response.status, text: await response.text() };
}

test('no route tells one tenant of another, whatever ids are asked for, and no id of another opens anything', async () => {
  const all = (await routes()).filter((route) => !apart(route));
  expect(all.length).toBeGreaterThan(80);
  const people = await Promise.all(
    ['administrator', 'supervisor', 'responsible-person'].map((of) => signIn(rig.address, `south-${of}`)),
  );
  const before = await (await whole.get('/api/incidents')).text();
  const opened: string[] = [];
  const leaks: string[] = [];
  const one = async (person: Person, route: Walked, ids: readonly string[], query: string, body: unknown) => {
    let at = 0;
    const path = route.path.replace(/\{\w+\}/g, () => encodeURIComponent(ids[at++ % ids.length] ?? ''));
    const { status, text } = await ask(person, route, path + query, body);
    const secrets = told(text);
    if (secrets.length > 0)
      leaks.push(`${route.method} ${path}${query}: ${status} tells ${secrets.join(', ')}`);
    // The nine monitors and the like have ids of their own, which are everybody's.
    if (route.params.length > 0 && status < 400) opened.push(`${route.method} ${path}: ${status}`);
    if (status >= 500) leaks.push(`${route.method} ${path}${query}: ${status} ${text}`);
  };
  // Each id at each place of each path, then whatever fits a route's schemas.
  const [administrator] = people;
  if (administrator === undefined) throw new Error('nobody to ask');
  for (const route of all)
    for (const id of route.params.length === 0 ? [''] : pool)
      await one(administrator, route, [id], '', route.method === 'GET' ? undefined : {});
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...all).chain((route) =>
        fc.record({
          route: fc.constant(route),
          ids: fc.array(foreign(), { minLength: 1, maxLength: 3 }),
          query: fc.record(
            Object.fromEntries(route.query.map(({ name, schema }) => [name, valueLike(schema)])),
            { requiredKeys: route.query.filter(({ required }) => required).map(({ name }) => name) },
          ),
          body: route.body === undefined ? fc.constant(undefined) : valueLike(route.body),
          person: fc.constantFrom(...people),
        }),
      ),
      async ({ route, ids, query, body, person }) => {
        const search = new URLSearchParams(
          Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
        ).toString();
        await one(person, route, ids, search === '' ? '' : `?${search}`, body);
      },
    ),
    { numRuns: 1_500, seed: 20_261_123 },
  );
  expect(leaks).toEqual([]);
  expect(opened).toEqual([]);
  // Nor was anything of theirs changed.
  expect(await (await whole.get('/api/incidents')).text()).toBe(before);
});

test('a tenant sees its own sites, incidents and counts, and a site of a scope just that', async () => {
  const birch = await signIn(rig.address, 'south-operator');
  const picture = await birch.read('/api/picture', situationalPicture);
  expect(picture.sites.map(({ id }) => id)).toEqual(['birch']);
  const { items, total, counts } = await birch.read('/api/incidents', incidentList);
  expect(items.map(({ id }) => id)).toEqual([south]);
  expect([total, counts.open]).toEqual([1, 1]);
  expect((await birch.get(`/api/incidents/${encodeURIComponent(south)}`)).status).toBe(200);
});

test('an id of another tenant is answered like one that there is not, to the letter', async () => {
  const birch = await signIn(rig.address, 'south-supervisor');
  for (const path of [
    '/api/incidents/ID',
    '/api/incidents/ID/cascade',
    '/api/incidents/ID/stix',
    '/api/pictures/ID',
  ]) {
    const answers = await Promise.all(
      [pool.at(-1) ?? '', north, 'made-up'].map(async (id) => {
        const response = await birch.get(path.replace('ID', encodeURIComponent(id)));
        return `${response.status} ${JSON.stringify(apiError.parse(await response.json()))}`;
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^404/);
  }
});

test('the live stream tells a tenant of its own sites alone', async () => {
  const [birch, linden] = await Promise.all(
    ['south-operator', 'north-operator'].map((name) => signIn(rig.address, name)),
  );
  const life = new AbortController();
  const heard = { birch: '', linden: '' };
  const listen = async (name: 'birch' | 'linden', person: Person | undefined) => {
    const reader = (await person?.stream(life.signal))?.body
      ?.pipeThrough(new TextDecoderStream())
      .getReader();
    for (;;) {
      const part = await reader?.read().catch(() => undefined);
      if (part?.value === undefined) return;
      heard[name] += part.value;
    }
  };
  const listening = [listen('birch', birch), listen('linden', linden)];
  await eventually(
    'both streams',
    () => heard.birch.includes('event: clock') && heard.linden.includes('event: clock'),
  );
  await linden?.send(`/api/incidents/${encodeURIComponent(north)}/note`, { text: 'seen at Linden' });
  await birch?.send(`/api/incidents/${encodeURIComponent(south)}/note`, { text: 'seen at Birch' });
  await eventually('the own incident', () => heard.birch.includes(south) && heard.linden.includes(north));
  life.abort();
  await Promise.all(listening);
  expect(told(heard.birch)).toEqual([]);
  expect(heard.birch).not.toContain('linden');
  expect(heard.linden).not.toContain('birch');
});
