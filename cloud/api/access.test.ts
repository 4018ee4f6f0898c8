import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type CloudRig, eventually, Person, startRig } from '../testing.ts';
import { apiError, incidentList } from './answers.ts';
import { role } from './rights.ts';

/** Who may do what, written down a second time: a change of rights is a change here as well. */
const ofTheDesk = ['operator', 'supervisor', 'auditor', 'administrator'];
const all = ['responsible-person', ...ofTheDesk];
const everybody = ['staff', ...all];
const arrangers = ['operator', 'supervisor', 'administrator'];
const handlers = ['responsible-person', ...arrangers];
const auditReaders = ['responsible-person', 'supervisor', 'auditor', 'administrator'];
const table: Record<string, { allowed: readonly string[] | 'anyone' | 'a device'; body?: unknown }> = {
  'POST /api/session': { allowed: 'anyone', body: { name: 'nobody', password: 'wrong' } },
  'GET /api/session': { allowed: everybody },
  'DELETE /api/session': { allowed: everybody },
  'GET /api/picture': { allowed: everybody },
  'GET /api/picture/sites/:id': { allowed: everybody },
  'GET /api/picture/history': { allowed: everybody },
  'GET /api/plans/:site': { allowed: everybody },
  'PUT /api/plans/:site': {
    allowed: ['supervisor', 'administrator'],
    body: { revision: 0, floors: [{ id: 'ground', name: 'Ground', width: 10, height: 10, zones: [], assets: [] }] },
  },
  'POST /api/plans/:site/images': {
    allowed: ['supervisor', 'administrator'],
    body: { mediaType: 'image/png', base64: 'AAAA' },
  },
  'GET /api/plans/:site/images/:image': { allowed: everybody },
  'GET /api/stream': { allowed: everybody },
  'GET /api/telemetry': { allowed: everybody },
  'GET /api/pictures/:id': { allowed: everybody },
  'GET /api/people': { allowed: all },
  'GET /api/incidents': { allowed: everybody },
  'GET /api/incidents/:id': { allowed: everybody },
  'POST /api/incidents/:id/acknowledge': { allowed: handlers, body: {} },
  'POST /api/incidents/:id/assign': { allowed: handlers, body: {} },
  'POST /api/incidents/:id/note': { allowed: handlers, body: { text: 'seen' } },
  'POST /api/incidents/:id/contain': { allowed: handlers, body: {} },
  'POST /api/incidents/:id/resolve': { allowed: handlers, body: { text: 'over' } },
  'POST /api/incidents/:id/false-alarm': { allowed: handlers, body: { text: 'wind' } },
  'POST /api/incidents/:id/reopen': { allowed: handlers, body: { text: 'again' } },
  'GET /api/incidents/:id/cascade': { allowed: everybody },
  'GET /api/incidents/:id/stix': { allowed: all },
  'GET /api/incidents/:id/ocsf': { allowed: all },
  'POST /api/incidents/:id/release': { allowed: ['supervisor', 'administrator'], body: {} },
  'POST /api/incidents/:id/take-back': { allowed: ['supervisor', 'administrator'], body: {} },
  'GET /api/intelligence': { allowed: all },
  'POST /api/cascade': { allowed: everybody, body: { fail: ['cabinet'] } },
  'GET /api/risk': { allowed: all },
  'GET /api/dependencies/suggestions': { allowed: all },
  'POST /api/dependencies/suggestions': {
    allowed: ['supervisor', 'administrator'],
    body: { id: 'a>b', decision: 'rejected' },
  },
  'GET /api/registry': { allowed: all },
  'GET /api/registry/suggestions': { allowed: all },
  'POST /api/registry/suggestions': {
    allowed: ['supervisor', 'administrator'],
    body: { id: 'badge-account:a>b', decision: 'rejected' },
  },
  'GET /api/registry/discovered': { allowed: all },
  'POST /api/registry/discovered': {
    allowed: ['supervisor', 'administrator'],
    body: { id: 'address:10.0.0.7' },
  },
  'GET /api/registry/export': { allowed: ['supervisor', 'auditor', 'administrator'] },
  'POST /api/registry/import': {
    allowed: ['administrator'],
    body: { files: [{ name: 'a.yaml', text: '{}' }], dryRun: true },
  },
  'POST /api/incidents/:id/split': { allowed: arrangers, body: { detections: ['none'], text: 'why' } },
  'POST /api/incidents/:id/merge': { allowed: arrangers, body: { incident: 'none', text: 'why' } },
  'POST /api/rulings/:id/undo': { allowed: arrangers, body: {} },
  'GET /api/suppressions': { allowed: all },
  'GET /api/suppressions/:id': { allowed: all },
  'POST /api/suppressions': {
    allowed: ['supervisor', 'administrator'],
    body: { rule: 'none', text: 'why', until: 1 },
  },
  'POST /api/suppressions/:id/end': { allowed: ['supervisor', 'administrator'], body: {} },
  'GET /api/monitors': { allowed: all },
  'PUT /api/monitors/:id': { allowed: ['administrator'], body: { enabled: true } },
  'GET /api/policies': { allowed: all },
  'GET /api/integrity': { allowed: all },
  'POST /api/integrity/accept': { allowed: ['supervisor', 'administrator'], body: { id: 'nothing' } },
  'POST /api/integrity/deployments': { allowed: ['supervisor', 'administrator'], body: { minutes: 30 } },
  'POST /api/scenarios/:id': { allowed: arrangers, body: {} },
  'GET /api/quarantine': { allowed: ['administrator'] },
  'GET /api/audit': { allowed: auditReaders },
  'GET /api/audit/health': { allowed: auditReaders },
  'GET /api/audit/checkpoint': { allowed: auditReaders },
  'GET /api/audit/key': { allowed: auditReaders },
  'GET /api/audit/tile/:place': { allowed: auditReaders },
  'GET /api/audit/export': { allowed: ['auditor', 'administrator'] },
  'GET /api/identity/credentials': { allowed: ['administrator'] },
  'POST /api/identity/credentials': { allowed: ['administrator'], body: {} },
  'POST /api/identity/credentials/revoke': { allowed: ['administrator'], body: {} },
  'GET /api/identity/status/:list': { allowed: 'anyone' },
  'GET /.well-known/did.json': { allowed: 'anyone' },
  'POST /api/identity/challenge': { allowed: 'a device', body: {} },
  'POST /api/identity/verify': {
    allowed: 'a device',
    body: { presentation: 'x', type: 'AgeCredential' },
  },
  'POST /api/identity/hand-over': { allowed: 'a device', body: { presentation: 'x', parcel: 'p' } },
  'GET /learn': { allowed: 'anyone' },
  'GET /api/learn/campaigns': { allowed: 'anyone' },
  'GET /api/learn/test': { allowed: 'anyone' },
  'POST /api/learn/certificates': { allowed: 'anyone', body: {} },
  'POST /api/learn/certificates/check': { allowed: 'anyone', body: { number: 'x' } },
  'POST /api/learn/certificates/pdf': { allowed: 'anyone', body: { number: 'x', name: 'y' } },
  'GET /api/learn/mine': { allowed: 'anyone' },
  'POST /api/learn/done': { allowed: 'anyone', body: { lesson: 'none', answers: [] } },
  'GET /api/awareness': { allowed: everybody },
  'POST /api/awareness/invitations': {
    allowed: ['responsible-person', 'supervisor', 'administrator'],
    body: {},
  },
  'POST /api/awareness/learners/:id/remove': {
    allowed: ['responsible-person', 'supervisor', 'administrator'],
    body: {},
  },
  'POST /api/awareness/campaigns': { allowed: handlers, body: { incident: 'none' } },
  'POST /api/awareness/campaigns/:id/approve': { allowed: ['supervisor', 'administrator'], body: {} },
  'POST /api/awareness/campaigns/:id/end': { allowed: ['supervisor', 'administrator'], body: {} },
  'GET /healthz': { allowed: 'anyone' },
  'GET /readyz': { allowed: 'anyone' },
  'GET /metrics': { allowed: 'anyone' },
  'GET /openapi.json': { allowed: 'anyone' },
};

let rig: CloudRig;
let incident: string;
beforeAll(async () => {
  rig = await startRig();
  await rig.gateway.send(rig.gateway.detection('d1', Date.now()));
  const operator = await rig.as('operator');
  incident = await eventually('an incident', async () => {
    const { items } = await operator.read('/api/incidents', incidentList);
    return items[0]?.id;
  });
});
afterAll(() => rig.stop());

const pathOf = (path: string) => path.replace(':id', incident);
const codeOf = async (response: Response): Promise<string> =>
  apiError.parse(await response.json()).error.code;

/** How far a request came: turned away at the door with this code, or let in, whatever was found there. */
async function reach(response: Response): Promise<string> {
  if (response.status === 401 || response.status === 403) {
    const code = await codeOf(response);
    return code === 'wrong-password' ? 'let in' : code;
  }
  await response.body?.cancel();
  return response.status < 500 ? 'let in' : `failed with ${response.status}`;
}

const routes = Object.entries(table).map(([name, { allowed, body }]) => {
  const [method = '', path = ''] = name.split(' ');
  return { name, method, path, allowed, body };
});
const guarded = routes.flatMap(({ allowed, ...rest }) =>
  typeof allowed === 'string' ? [] : [{ ...rest, allowed }],
);

test('the table names every route that there is, and no other', () => {
  const served = rig.cloud.app.routes
    .filter(
      ({ path, method }) => !path.includes('*') && method !== 'ALL' && !/^\/(ingest|sources)/.test(path),
    )
    .map(({ method, path }) => `${method} ${path.replace(/\{[^}]*\}/, '')}`);
  expect([...new Set(served)].sort()).toEqual(Object.keys(table).sort());
});

describe.each(guarded)('$name', ({ method, path, allowed, body }) => {
  test('is closed without a session, and with a made-up one', async () => {
    for (const cookie of ['', `gatehouse-desk=${'A'.repeat(43)}`, 'gatehouse-desk=']) {
      const stranger = new Person(rig.address, cookie, 'x');
      expect(await reach(await stranger.send(pathOf(path), body, method))).toBe('signed-out');
    }
  });

  test.each(role.options)('as %s', async (of) => {
    const person = await rig.as(of);
    const expected = allowed.includes(of) ? 'let in' : 'forbidden';
    expect(await reach(await person.send(pathOf(path), body, method))).toBe(expected);
  });
});

describe.each(guarded.filter(({ method }) => method !== 'GET'))('$name', ({ method, path, body }) => {
  test('changes nothing without the token of the session', async () => {
    const person = await rig.as('administrator');
    const other = await rig.as('administrator');
    for (const token of ['', 'wrong', other.token])
      expect(await reach(await person.send(pathOf(path), body, method, token))).toBe('token');
    expect((await person.get('/api/session')).status).toBe(200);
  });
});

test.each(routes.filter(({ allowed }) => allowed === 'anyone'))(
  '$name is open',
  async ({ method, path, body }) => {
    const nobody = new Person(rig.address, '', '');
    expect(await reach(await nobody.send(path, body, method))).toBe('let in');
  },
);

test.each(routes.filter(({ allowed }) => allowed === 'a device'))(
  '$name takes the token of a device, and no session',
  async ({ method, path, body }) => {
    for (const person of [new Person(rig.address, '', ''), await rig.as('administrator')])
      expect(await reach(await person.send(path, body, method))).toBe('token');
  },
);

test('refused attempts are in the log, with who and what', () => {
  const refused = rig.logged.filter(({ msg }) => msg === 'refused: not allowed');
  expect(refused).toContainEqual(
    expect.objectContaining({ by: 'operator', method: 'get', path: '/api/quarantine' }),
  );
});

test('a change that another origin asks for is refused even with the right token', async () => {
  const person = await rig.as('operator');
  const ask = (headers: Record<string, string>) =>
    fetch(`${rig.address}/api/incidents/${incident}/note`, {
      method: 'POST',
      headers: {
        cookie: person.cookie,
        'x-gatehouse-token': person.token,
        'content-type': 'application/json',
        ...headers,
      },
      body: JSON.stringify({ text: 'from elsewhere' }),
    });
  for (const headers of [{ origin: 'https://elsewhere.example' }, { origin: 'null' }]) {
    const response = await ask(headers);
    expect(response.status).toBe(403);
    expect(await codeOf(response)).toBe('foreign-origin');
  }
  expect((await ask({ origin: rig.address })).status).toBe(200);
});

test('a form of another site, which can send no JSON, is refused by its type', async () => {
  const response = await fetch(`${rig.address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({ name: 'operator', password: 'x' }),
  });
  expect(response.status).toBe(415);
});

test('every answer carries the security headers, errors included', async () => {
  const person = await rig.as('operator');
  for (const path of ['/healthz', '/api/picture', '/api/nothing', '/nothing', '/']) {
    const { headers } = await person.get(path);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self';.*frame-ancestors 'none'$/);
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|data:|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('permissions-policy')).toContain('camera=()');
    expect(headers.get('cache-control')).toBeTruthy();
    // Plain HTTP: promising TLS would lock people out.
    expect(headers.get('strict-transport-security')).toBeNull();
  }
});

test.each([
  ['/api/incidents?limit=0', 'limit'],
  ['/api/incidents?limit=1000', 'limit'],
  ['/api/incidents?state=open,lost', 'state.1'],
  ['/api/incidents?offset=-1', 'offset'],
  ['/api/incidents?sort=up', 'sort'],
  ['/api/incidents?limit=1&limit=2', 'limit'],
  ["/api/incidents?site=' OR 1=1", 'site'],
  ['/api/telemetry?asset=fridge&quantity=colour&from=1&to=2', 'quantity'],
  ['/api/telemetry?asset=fridge&quantity=temperature&from=2&to=1', 'to'],
  ['/api/telemetry?asset=fridge&quantity=temperature&from=&to=1', 'from'],
])('%s is refused by the name of the field', async (path, field) => {
  const response = await (await rig.as('operator')).get(path);
  expect(response.status).toBe(400);
  expect(apiError.parse(await response.json()).error.field).toBe(field);
});

test('a body that is too long, no JSON, or holds what it should not is refused', async () => {
  const person = await rig.as('operator');
  const path = `/api/incidents/${incident}/note`;
  expect((await person.send(path, { text: 'x'.repeat(70_000) })).status).toBe(413);
  expect((await person.send(path, { text: '   ' })).status).toBe(400);
  expect((await person.send(path, { text: 'bell\u0007' })).status).toBe(400);
  expect((await person.send(path, { text: 'fine', state: 'resolved' })).status).toBe(400);
  const broken = await fetch(rig.address + path, {
    method: 'POST',
    headers: { cookie: person.cookie, 'x-gatehouse-token': person.token, 'content-type': 'application/json' },
    body: '{"text":',
  });
  expect(broken.status).toBe(400);
});

test('a request with more headers than anybody needs is refused before it is looked at', async () => {
  const response = await fetch(`${rig.address}/healthz`, { headers: { 'x-filler': 'x'.repeat(20_000) } });
  expect(response.status).toBe(431);
});

test('every route is in the OpenAPI document, with its inputs, its answer and its right', async () => {
  const operation = z.looseObject({
    summary: z.string().min(1),
    operationId: z.string(),
    parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), schema: z.unknown() })),
    responses: z.record(z.string(), z.unknown()),
  });
  const document = z.looseObject({
    openapi: z.literal('3.1.0'),
    paths: z.record(z.string(), z.record(z.string(), operation)),
    components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
  });
  const response = await fetch(`${rig.address}/openapi.json`);
  const { paths, components } = document.parse(await response.json());
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  expect(described.sort()).toEqual(Object.keys(table).sort());
  const all = Object.values(paths).flatMap((operations) => Object.values(operations));
  expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
  const telemetry = paths['/api/telemetry']?.get;
  expect(telemetry?.parameters.map(({ name }) => name)).toEqual([
    'asset',
    'quantity',
    'from',
    'to',
    'points',
  ]);
  expect(paths['/api/quarantine']?.get).toMatchObject({ 'x-gatehouse-roles': ['administrator'] });
  const references = JSON.stringify(paths).match(/#\/components\/schemas\/\w+/g) ?? [];
  expect(references.length).toBeGreaterThan(20);
  for (const reference of references)
    expect(Object.keys(components.schemas)).toContain(reference.split('/').at(-1));
});
