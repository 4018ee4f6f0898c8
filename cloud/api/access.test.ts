import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type CloudRig, eventually, Person, signIn, startRig } from '../testing.ts';
import { apiError, incidentList } from './answers.ts';
import { role } from './rights.ts';

/** Who may do what, written down a second time: a change of rights is a change here as well. */
const ofTheDesk = ['operator', 'supervisor', 'auditor', 'administrator'];
const all = ['responsible-person', ...ofTheDesk];
const everybody = ['staff', ...all];
const arrangers = ['operator', 'supervisor', 'administrator'];
const handlers = ['responsible-person', ...arrangers];
const planners = ['responsible-person', 'supervisor', 'administrator'];
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
    body: {
      revision: 0,
      floors: [{ id: 'ground', name: 'Ground', width: 10, height: 10, zones: [], assets: [] }],
    },
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
  'GET /api/toolkit': { allowed: all },
  'PUT /api/toolkit/:id': { allowed: ['administrator'], body: { enabled: true, reason: 'a trial' } },
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
  'GET /api/duties': { allowed: all },
  'GET /api/incidents/:id/duties': { allowed: all },
  'POST /api/incidents/:id/duties/awareness': { allowed: handlers, body: { at: 1, reason: 'was told' } },
  'POST /api/incidents/:id/duties/decision': { allowed: handlers, body: { regime: 'nis2', answers: [] } },
  'POST /api/incidents/:id/duties/request': { allowed: handlers, body: { text: 'asked' } },
  'POST /api/incidents/:id/duties/drafts': { allowed: handlers, body: { stage: 'final' } },
  'PUT /api/incidents/:id/duties/drafts/:draft': { allowed: handlers, body: { base: 1, fields: {} } },
  'POST /api/incidents/:id/duties/drafts/:draft/approve': {
    allowed: ['supervisor', 'administrator'],
    body: { version: 1 },
  },
  'POST /api/incidents/:id/duties/drafts/:draft/sent': {
    allowed: ['supervisor', 'administrator'],
    body: { at: 1, channel: 'portal', proof: 'receipt' },
  },
  'GET /api/incidents/:id/duties/drafts/:draft/file': { allowed: all },
  'GET /api/incidents/:id/bundle': { allowed: ['supervisor', 'auditor', 'administrator'] },
  'GET /api/incidents/:id/duties/bundle': { allowed: all },
  'POST /api/incidents/:id/cap': { allowed: ['supervisor', 'administrator'], body: {} },
  'GET /api/reports': { allowed: all },
  'GET /api/reports/:kind': { allowed: all },
  'GET /api/reports/kept/:id': { allowed: all },
  'POST /api/reports/schedules': { allowed: ['supervisor', 'administrator'], body: {} },
  'DELETE /api/reports/schedules/:id': { allowed: ['supervisor', 'administrator'] },
  'GET /api/sharing': { allowed: ofTheDesk },
  'GET /api/sharing/preview': { allowed: ofTheDesk },
  'POST /api/sharing/groups': { allowed: ['supervisor', 'administrator'], body: {} },
  'PUT /api/sharing/groups/:id': { allowed: ['supervisor', 'administrator'], body: {} },
  'DELETE /api/sharing/groups/:id': { allowed: ['supervisor', 'administrator'] },
  'POST /api/sharing/shares': { allowed: handlers, body: {} },
  'POST /api/sharing/shares/:id/decide': { allowed: ['supervisor', 'administrator'], body: {} },
  'POST /api/sharing/shares/:id/take-back': {
    allowed: ['supervisor', 'administrator'],
    body: { text: 'back' },
  },
  'GET /api/sharing/shares/:id/file': { allowed: ['supervisor', 'administrator'] },
  'GET /api/intelligence/indicators': { allowed: everybody },
  'GET /api/intelligence/relevance': { allowed: everybody },
  'POST /api/intelligence/indicators': { allowed: ['supervisor', 'administrator'], body: {} },
  'DELETE /api/intelligence/indicators/:id': { allowed: ['supervisor', 'administrator'] },
  'GET /api/sign-in': { allowed: 'anyone' },
  'POST /api/sign-in/passkey/begin': { allowed: 'anyone', body: {} },
  'POST /api/sign-in/passkey': { allowed: 'anyone', body: {} },
  'GET /api/sign-in/openid/:id': { allowed: 'anyone' },
  'GET /api/sign-in/openid/:id/back': { allowed: 'anyone' },
  'POST /api/session/confirm/begin': { allowed: everybody, body: {} },
  'POST /api/session/confirm': { allowed: everybody, body: {} },
  'GET /api/account': { allowed: everybody },
  'PUT /api/account': { allowed: everybody, body: {} },
  'PUT /api/account/password': { allowed: everybody, body: {} },
  'POST /api/account/passkeys/begin': { allowed: everybody, body: {} },
  'POST /api/account/passkeys': { allowed: everybody, body: {} },
  'PUT /api/account/passkeys/:id': { allowed: everybody, body: {} },
  'DELETE /api/account/passkeys/:id': { allowed: everybody },
  'POST /api/account/totp/begin': { allowed: everybody, body: {} },
  'POST /api/account/totp': { allowed: everybody, body: {} },
  'DELETE /api/account/totp': { allowed: everybody },
  'POST /api/account/recovery-codes': { allowed: everybody, body: {} },
  'DELETE /api/account/sessions/:id': { allowed: everybody },
  'GET /api/accounts': { allowed: ['administrator'] },
  'POST /api/accounts': { allowed: ['administrator'], body: {} },
  'PUT /api/accounts/:name': { allowed: ['administrator'], body: {} },
  'POST /api/accounts/:name/lock': { allowed: ['administrator'], body: {} },
  'POST /api/accounts/:name/unlock': { allowed: ['administrator'], body: {} },
  'POST /api/accounts/:name/reset': { allowed: ['administrator'], body: {} },
  'GET /api/accounts/:name/sessions': { allowed: ['administrator'] },
  'DELETE /api/accounts/:name/sessions/:id': { allowed: ['administrator'] },
  'POST /api/invitations/look': { allowed: 'anyone', body: {} },
  'POST /api/invitations/accept': { allowed: 'anyone', body: {} },
  'GET /api/personal-data': { allowed: ['auditor', 'administrator'] },
  'POST /api/personal-data/run': { allowed: ['administrator'], body: {} },
  'POST /api/personal-data/holds': { allowed: ['administrator'], body: {} },
  'DELETE /api/personal-data/holds/:id': { allowed: ['administrator'] },
  'GET /api/personal-data/:person/export': { allowed: ['administrator'] },
  'POST /api/personal-data/:person/erase': { allowed: ['administrator'], body: {} },
  'GET /api/desk': { allowed: everybody },
  'GET /api/views': { allowed: everybody },
  'PUT /api/views/:id': { allowed: arrangers, body: {} },
  'DELETE /api/views/:id': { allowed: arrangers },
  'POST /api/incidents/bulk': { allowed: handlers, body: {} },
  'POST /api/incidents/:id/presence': { allowed: everybody, body: {} },
  'GET /api/incidents/:id/similar': { allowed: everybody },
  'GET /api/hunt': { allowed: ofTheDesk },
  'GET /api/hunt/export': { allowed: ofTheDesk },
  'GET /api/hunts': { allowed: ofTheDesk },
  'PUT /api/hunts/:id': { allowed: arrangers, body: {} },
  'DELETE /api/hunts/:id': { allowed: arrangers },
  'GET /api/shifts': { allowed: arrangers },
  'POST /api/shifts/start': { allowed: arrangers, body: {} },
  'POST /api/shifts/hand-over': { allowed: arrangers, body: {} },
  'POST /api/shifts/notes': { allowed: arrangers, body: {} },
  'POST /api/shifts/notes/:id/read': { allowed: arrangers, body: {} },
  'POST /api/shifts/:id/confirm': { allowed: arrangers, body: {} },
  'GET /api/cascade/comparisons': { allowed: everybody },
  'POST /api/cascade/comparisons': { allowed: handlers, body: {} },
  'DELETE /api/cascade/comparisons/:id': { allowed: handlers },
  'GET /api/assets': { allowed: all },
  'GET /api/registry/assets/:id': { allowed: all },
  'PUT /api/registry/assets/:id': { allowed: ['supervisor', 'administrator'], body: {} },
  'DELETE /api/registry/assets/:id': { allowed: ['supervisor', 'administrator'] },
  'GET /api/registry/people/:id': { allowed: all },
  'PUT /api/registry/people/:id': { allowed: ['supervisor', 'administrator'], body: {} },
  'DELETE /api/registry/people/:id': { allowed: ['supervisor', 'administrator'] },
  'POST /api/registry/take-back': { allowed: ['supervisor', 'administrator'], body: {} },
  'POST /api/registry/use': { allowed: ['supervisor', 'administrator'], body: {} },
  'POST /api/dependencies': { allowed: ['supervisor', 'administrator'], body: {} },
  'PUT /api/dependencies/:id': { allowed: ['supervisor', 'administrator'], body: {} },
  'DELETE /api/dependencies/:id': { allowed: ['supervisor', 'administrator'] },
  'GET /api/risk/decisions': { allowed: everybody },
  'PUT /api/risk/decisions': { allowed: ['supervisor', 'administrator'], body: {} },
  'POST /api/risk/decisions/withdraw': { allowed: ['supervisor', 'administrator'], body: {} },
  'PUT /api/risk/mitigations': { allowed: ['supervisor', 'administrator'], body: {} },
  'PUT /api/risk/catalogues': { allowed: ['supervisor', 'administrator'], body: {} },
  'GET /api/alerting': { allowed: everybody },
  'PUT /api/alerting/preferences': { allowed: everybody, body: {} },
  'POST /api/alerting/devices': { allowed: everybody, body: {} },
  'DELETE /api/alerting/devices/:id': { allowed: everybody },
  'POST /api/alerting/trial': { allowed: everybody, body: {} },
  'GET /api/alerting/sent': { allowed: everybody },
  'PUT /api/alerting/chains/:id': { allowed: ['supervisor', 'administrator'], body: {} },
  'DELETE /api/alerting/chains/:id': { allowed: ['supervisor', 'administrator'] },
  'GET /api/response/playbooks': { allowed: all },
  'POST /api/response/playbooks': { allowed: ['supervisor', 'administrator'], body: {} },
  'GET /api/response/playbooks/:id': { allowed: all },
  'DELETE /api/response/playbooks/:id': { allowed: ['supervisor', 'administrator'] },
  'GET /api/response/playbooks/:id/export': { allowed: all },
  'POST /api/response/check': { allowed: all, body: {} },
  'GET /api/response/incidents/:id': { allowed: all },
  'GET /api/response/incidents/:id/playbooks/:playbook': { allowed: all },
  'POST /api/response/rehearse': { allowed: all, body: {} },
  'GET /api/response/runs': { allowed: all },
  'POST /api/response/runs': { allowed: handlers, body: {} },
  'GET /api/response/runs/:id': { allowed: all },
  'POST /api/response/runs/:id/cancel': { allowed: handlers, body: {} },
  'POST /api/response/runs/:id/steps/:key/done': { allowed: handlers, body: {} },
  'POST /api/response/runs/:id/steps/:key/not-done': { allowed: handlers, body: {} },
  'POST /api/response/runs/:id/steps/:key/skip': { allowed: handlers, body: {} },
  'POST /api/response/runs/:id/steps/:key/retry': { allowed: handlers, body: {} },
  'POST /api/response/runs/:id/steps/:key/assign': { allowed: handlers, body: {} },
  'POST /api/response/runs/:id/steps/:key/approve': { allowed: ['supervisor', 'administrator'], body: {} },
  'POST /api/response/runs/:id/steps/:key/approve-alone': { allowed: handlers, body: {} },
  'POST /api/response/runs/:id/steps/:key/review': { allowed: ['supervisor', 'administrator'], body: {} },
  'POST /api/response/runs/:id/steps/:key/refuse': { allowed: ['supervisor', 'administrator'], body: {} },
  'GET /api/gateways': { allowed: ofTheDesk },
  'POST /api/gateways/codes': { allowed: ['administrator'], body: {} },
  'DELETE /api/gateways/:id/code': { allowed: ['administrator'] },
  'POST /api/gateways/:id/revoke': { allowed: arrangers, body: {} },
  'POST /api/gateways/:id/bundle': { allowed: ['administrator'], body: {} },
  'GET /api/learn/campaigns': { allowed: 'anyone' },
  'GET /api/learn/test': { allowed: 'anyone' },
  'POST /api/learn/certificates': { allowed: 'anyone', body: {} },
  'POST /api/learn/certificates/check': { allowed: 'anyone', body: { number: 'x' } },
  'POST /api/learn/certificates/pdf': { allowed: 'anyone', body: { number: 'x', name: 'y' } },
  'GET /api/learn/mine': { allowed: 'anyone' },
  'POST /api/learn/done': { allowed: 'anyone', body: { lesson: 'none', answers: [] } },
  'GET /api/awareness': { allowed: all },
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
  'GET /api/continuity': { allowed: everybody },
  'POST /api/continuity/plans': {
    allowed: planners,
    body: {},
  },
  'GET /api/continuity/plans/:id': { allowed: everybody },
  'PUT /api/continuity/plans/:id': { allowed: planners, body: {} },
  'POST /api/continuity/plans/:id/reviewed': { allowed: planners, body: {} },
  'POST /api/continuity/plans/:id/retire': { allowed: planners, body: {} },
  'GET /api/continuity/plans/:id/file': { allowed: everybody },
  'POST /api/continuity/recoveries': { allowed: handlers, body: {} },
  'GET /api/continuity/recoveries/:id': { allowed: everybody },
  'POST /api/continuity/recoveries/:id': { allowed: handlers, body: {} },
  'PUT /api/continuity/lessons/:kind/:id': { allowed: handlers, body: {} },
  'POST /api/continuity/lessons/:kind/:id/measures/:measure': { allowed: handlers, body: {} },
  'POST /api/continuity/exercises': { allowed: ['supervisor', 'administrator'], body: {} },
  'GET /api/continuity/exercises/:id': { allowed: everybody },
  'POST /api/continuity/exercises/:id/begin': { allowed: ['supervisor', 'administrator'], body: {} },
  'POST /api/continuity/exercises/:id/end': { allowed: ['supervisor', 'administrator'], body: {} },
  'POST /api/continuity/exercises/:id/cancel': { allowed: ['supervisor', 'administrator'], body: {} },
  'GET /api/incidents/:id/continuity': { allowed: everybody },
  'POST /api/incidents/:id/real': { allowed: handlers, body: {} },
  'GET /healthz': { allowed: 'anyone' },
  'GET /readyz': { allowed: 'anyone' },
  'GET /metrics': { allowed: 'anyone' },
  'GET /openapi.json': { allowed: 'anyone' },
};

/** Of the installation as a whole: for those alone who see all its sites. */
const whole = new Set([
  'GET /api/quarantine',
  'GET /api/audit/health',
  'GET /api/audit/checkpoint',
  'GET /api/audit/key',
  'GET /api/audit/tile/:place',
  'GET /api/audit/export',
  'GET /api/identity/credentials',
  'POST /api/identity/credentials',
  'POST /api/identity/credentials/revoke',
  'GET /api/integrity',
  'POST /api/integrity/accept',
  'POST /api/integrity/deployments',
  'GET /api/intelligence',
  'PUT /api/toolkit/:id',
  'POST /api/registry/import',
  'POST /api/scenarios/:id',
  'POST /api/continuity/exercises/:id/begin',
  'GET /api/personal-data',
  'POST /api/personal-data/run',
  'POST /api/personal-data/holds',
  'DELETE /api/personal-data/holds/:id',
  'GET /api/personal-data/:person/export',
  'POST /api/personal-data/:person/erase',
  'POST /api/sharing/groups',
  'PUT /api/sharing/groups/:id',
  'DELETE /api/sharing/groups/:id',
  'GET /api/intelligence/indicators',
  'POST /api/intelligence/indicators',
  'DELETE /api/intelligence/indicators/:id',
  'GET /api/shifts',
  'POST /api/shifts/start',
  'POST /api/shifts/hand-over',
  'POST /api/shifts/notes',
  'POST /api/shifts/notes/:id/read',
  'POST /api/shifts/:id/confirm',
  'PUT /api/registry/assets/:id',
  'DELETE /api/registry/assets/:id',
  'PUT /api/registry/people/:id',
  'DELETE /api/registry/people/:id',
  'POST /api/registry/use',
  'DELETE /api/dependencies/:id',
  'DELETE /api/alerting/chains/:id',
  'POST /api/response/playbooks',
  'DELETE /api/response/playbooks/:id',
]);

const byHandler: ReadonlySet<string> = new Set([
  'PUT /api/account/password',
  'GET /api/awareness',
  'GET /api/incidents/:id/bundle',
]);

/** What the door says; any other refusal is of somebody who was let in. */
const atTheDoor: ReadonlySet<string> = new Set([
  'signed-out',
  'token',
  'forbidden',
  'not-your-sites',
  'confirm',
  'factor-needed',
]);

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
    return atTheDoor.has(code) ? code : 'let in';
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
      ({ path, method }) =>
        !path.includes('*') && method !== 'ALL' && !/^\/(ingest|sources|alert|learn)\b/.test(path),
    )
    .map(({ method, path }) => `${method} ${path.replace(/\{[^}]*\}/, '')}`);
  expect([...new Set(served)].sort()).toEqual(Object.keys(table).sort());
});

/** People signed in once, by role; who was signed out by what they did signs in again. */
const signedIn = new Map<string, Person>();
const ending: ReadonlySet<string> = new Set(['DELETE /api/session', 'PUT /api/account/password']);
async function somebody(of: (typeof role.options)[number], name: string): Promise<Person> {
  const known = signedIn.get(of);
  const person = known ?? (await rig.as(of));
  if (ending.has(name)) signedIn.delete(of);
  else signedIn.set(of, person);
  return person;
}

test.each(guarded)(
  '$name lets in who may, and nobody else',
  async ({ name, method, path, allowed, body }) => {
    for (const cookie of ['', `gatehouse-desk=${'A'.repeat(43)}`, 'gatehouse-desk=']) {
      const stranger = new Person(rig.address, cookie, 'x');
      expect(await reach(await stranger.send(pathOf(path), body, method))).toBe('signed-out');
    }
    if (method !== 'GET') {
      const person = await somebody('administrator', '');
      const other = await somebody('supervisor', '');
      // Nothing is changed without the token of the session.
      for (const token of ['', 'wrong', other.token])
        expect(await reach(await person.send(pathOf(path), body, method, token))).toBe('token');
      expect((await person.get('/api/session')).status).toBe(200);
    }
    for (const of of role.options) {
      const person = await somebody(of, name);
      const expected = allowed.includes(of) ? 'let in' : 'forbidden';
      expect(`${of}: ${await reach(await person.send(pathOf(path), body, method))}`).toBe(
        `${of}: ${expected}`,
      );
    }
  },
);

test('whoever sees a part of the sites is let in everywhere but where the whole installation is spoken of', async () => {
  const administrator = await rig.as('administrator');
  const password = 'a password of a tenant';
  const ofOneSite = async (of: string): Promise<Person> => {
    const name = `${of} of linden`;
    const known = await administrator.get(`/api/accounts/${encodeURIComponent(name)}/sessions`);
    if (known.status === 404) {
      const scope = { of: 'sites', sites: ['linden'] };
      const invited = await administrator.send('/api/accounts', { name, role: of, scope });
      const { secret } = z.object({ secret: z.string() }).parse(await invited.json());
      const nobody = new Person(rig.address, '', '');
      expect((await nobody.send('/api/invitations/accept', { secret, password })).status).toBe(200);
    }
    return signIn(rig.address, name, password);
  };
  const seen: string[] = [];
  for (const of of role.options) {
    let person = await ofOneSite(of);
    for (const { name, method, path, body, allowed } of guarded) {
      // The one ends the session for good; of the others the handler itself says for whom each part is.
      if (byHandler.has(name)) continue;
      const found = await reach(await person.send(pathOf(path), body, method));
      const expected = !allowed.includes(of) ? 'forbidden' : whole.has(name) ? 'not-your-sites' : 'let in';
      if (found !== expected) seen.push(`${of}: ${name}: ${found}, not ${expected}`);
      if (method !== 'GET' && (await person.get('/api/session')).status === 401) person = await ofOneSite(of);
    }
  }
  expect(seen).toEqual([]);
}, 60_000);

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
  ["/api/incidents?site=' OR 1=1", 'site.0'],
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
