import { describe, expect, test } from 'vitest';
import { type Detection, detection } from '../../devices/model/detection.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import type { IncidentFacts } from './incident-facts.ts';
import type { Indicator } from './indicator.ts';
import { ocsfFindings } from './ocsf/incident-finding.ts';
import { openly, redactionOf } from './redaction.ts';
import { incidentBundle } from './stix/export-incident.ts';
import { PHYSICAL_TYPE } from './stix/house-extensions.ts';
import { stixBundle } from './stix/objects.ts';
import { ocsfSchema } from './testing/ocsf-schema.ts';
import { publishedSchemas, stixSchemaOf } from './testing/published-schemas.ts';

const NOW = Date.parse('2026-11-23T07:00:00Z');
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden Pharmacy' }],
    assets: [
      { id: 'back-door', kind: 'door', name: 'Back door', site: 'linden' },
      { id: 'shop-server', kind: 'host', name: 'Server', site: 'linden' },
    ],
    identities: [
      { id: 'anna', name: 'Anna Weber', accounts: ['a.weber'], badges: ['04A1'] },
      { id: 'bodo', name: 'Bodo Stein', accounts: ['b.stein'] },
    ],
  }),
);
const HASH = 'a'.repeat(64);
const seen = (id: number, over: Partial<Observation>): Observation =>
  observation.parse({
    id: `gw/epoch000/${id}`,
    kind: 'login.succeeded',
    site: 'linden',
    asset: 'shop-server',
    source: 'syslog:servers',
    observedAt: NOW + id * 1_000,
    receivedAt: NOW + id * 1_000,
    clock: 'set',
    ...over,
  });
const observations = [
  seen(1, { kind: 'door.opened', asset: 'back-door' }),
  seen(2, { kind: 'badge.presented', asset: 'back-door', subjects: { badge: '04A1' } }),
  seen(3, { subjects: { account: 'a.weber' }, observables: { ip: '203.0.113.7' } }),
  seen(4, {
    kind: 'network.connected',
    observables: { ip: '192.0.2.9', 'destination-ip': '2001:db8::66', domain: 'evil.example' },
    facts: { sourcePort: 40_000, destinationPort: 443, protocol: 'TCP' },
  }),
  seen(5, { kind: 'file.changed', observables: { hash: HASH }, facts: { file: '/var/www/x.php' } }),
  seen(6, {
    kind: 'login.failed',
    subjects: { account: 'anna@linden.example' },
    observables: { url: 'https://evil.example/x' },
  }),
];
const judged = (id: string, over: Partial<Detection>): Detection =>
  detection.parse({
    id,
    at: NOW,
    rule: 'forced-open',
    severity: 'high',
    source: 'gateway',
    site: 'linden',
    assets: ['back-door'],
    identities: [],
    observables: {},
    summary: 'Back door was forced open',
    ...over,
  });
const listed: Indicator = {
  source: 'cert',
  id: 'indicator--3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  name: 'Command server',
  pattern: "[domain-name:value = 'evil.example']",
  type: 'domain',
  confidence: 80,
  validFrom: NOW - 86_400_000,
  modified: NOW - 86_400_000,
  tlp: 'green',
  labels: ['malicious-activity'],
};
const detections = [
  judged('d1', { evidence: ['gw/epoch000/1', 'gw/epoch000/2'] }),
  judged('d2', {
    rule: 'new-address-login',
    tactic: 'T1078',
    assets: ['shop-server'],
    identities: ['anna'],
    observables: { ip: '203.0.113.7', account: 'a.weber' },
    summary: 'Administrator log-in as a.weber (Anna Weber) from 203.0.113.7; Bodo Stein was told',
    evidence: ['gw/epoch000/3', 'gw/epoch000/6'],
  }),
  judged('d3', {
    rule: 'intelligence.match',
    tactic: 'TA0011',
    assets: ['shop-server'],
    observables: { domain: 'evil.example' },
    facts: { indicator: listed.id, source: 'cert' },
    evidence: ['gw/epoch000/4', 'gw/epoch000/5'],
    count: 3,
  }),
];
const factsWith = (withPersons: boolean, over: Partial<IncidentFacts> = {}): IncidentFacts => ({
  incident: {
    id: 'i1',
    title: 'Break-in and log-in of Anna Weber',
    first: NOW,
    last: NOW + 6_000,
    severity: 'critical',
    priority: 91.5,
    detections: ['d1', 'd2', 'd3'],
    assets: ['back-door', 'shop-server'],
    identities: ['anna'],
    links: [],
  },
  handling: { state: 'contained', openedAt: NOW },
  detections,
  observations,
  activities: [
    { incident: 'i1', at: NOW + 60_000, by: 'Mara', action: 'contained', text: 'Anna Weber was locked out' },
  ],
  registry,
  organisation: 'Linden Pharmacy',
  tlp: 'amber',
  redaction: withPersons ? openly : redactionOf(registry, detections, observations),
  ...over,
});
const bundle = (withPersons = false, over: Partial<IncidentFacts> = {}) =>
  incidentBundle(factsWith(withPersons, over), () => listed);
const everything = [bundle(), bundle(true), bundle(false, { tlp: 'clear' }), bundle(true, { tlp: 'red' })];

describe('as STIX', () => {
  test('every object has the shape that the house writes, and every reference leads somewhere', () => {
    for (const one of everything) {
      stixBundle.parse(one);
      const ids = new Set(one.objects.map(({ id }) => id));
      expect(ids.size).toBe(one.objects.length);
      const marked = one.objects.flatMap((object) => Object.entries(object));
      for (const [name, value] of marked) {
        const refs = name.endsWith('_refs') ? value : name.endsWith('_ref') ? [value] : [];
        if (!Array.isArray(refs)) throw new Error(`${name} is no list`);
        for (const ref of refs)
          if (typeof ref === 'string' && !ref.startsWith('marking-definition--bab4a63c'))
            expect(ids).toContain(ref);
      }
    }
    const types = new Set(bundle().objects.map(({ type }) => type));
    for (const type of 'identity incident indicator sighting relationship observed-data attack-pattern course-of-action extension-definition physical-observation network-traffic file user-account'.split(
      ' ',
    ))
      expect(types).toContain(type);
  });

  test('the same incident is the same objects, byte by byte; the known identifier of an address', () => {
    expect(JSON.stringify(bundle())).toBe(JSON.stringify(bundle()));
    const address = incidentBundle(
      factsWith(false, { observations: [seen(3, { observables: { ip: '198.51.100.3' } })] }),
    ).objects.find(({ type }) => type === 'ipv4-addr');
    // UUID 5 of {"value":"198.51.100.3"} in the namespace of the specification, worked out by another program.
    expect(address?.id).toBe('ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4');
  });

  test('persons are left out, unless somebody asks for them', () => {
    const text = JSON.stringify([bundle(), ocsfFindings(factsWith(false))]);
    for (const name of ['Anna', 'Weber', 'a.weber', 'anna@', '04A1', 'Bodo'])
      expect(text).not.toContain(name);
    expect(text).toContain('person-1');
    expect(JSON.stringify(bundle(true))).toContain('a.weber');
  });

  test('an indicator that is marked stricter than the bundle stays at home', () => {
    const open = incidentBundle(factsWith(false, { tlp: 'clear' }), () => ({ ...listed, tlp: 'amber' }));
    expect(JSON.stringify(open.objects)).not.toContain(listed.id);
  });

  const schemas = publishedSchemas('STIX_SCHEMAS');
  test.skipIf(schemas === undefined)(
    'every object is valid against the published schemas (STIX_SCHEMAS)',
    () => {
      if (schemas === undefined) return;
      const objects = everything.flatMap((one) => one.objects);
      const problems = objects.flatMap((object) =>
        schemas
          .problems(stixSchemaOf(object.type, schemas), object)
          .map((problem) => `${object.type} ${problem}`),
      );
      expect(problems).toEqual([]);
      // The bundle's schema lists the types it admits, and leaves out some that the standard has.
      const admits = (object: object) =>
        schemas.problems('common/bundle.json', { ...everything[0], objects: [object] }).length === 0;
      const left = new Set(objects.filter((object) => !admits(object)).map(({ type }) => type));
      expect(
        [...left].filter((type) => !['extension-definition', 'incident', PHYSICAL_TYPE].includes(type)),
      ).toEqual([]);
      for (const one of everything) {
        const admitted = one.objects.filter(({ type }) => !left.has(type));
        expect(schemas.problems('common/bundle.json', { ...one, objects: admitted })).toEqual([]);
      }
      console.info(
        `${objects.length} STIX objects and ${everything.length} bundles valid against ${schemas.size} schemas`,
      );
      expect(schemas.problems('sdos/indicator.json', { type: 'indicator' })).not.toEqual([]);
    },
  );
});

describe('as OCSF', () => {
  test('an incident finding comes first, then what it rests on', () => {
    const [incident, ...findings] = ocsfFindings(factsWith(false));
    expect(incident).toMatchObject({ class_uid: 2005, type_uid: 200_502, status_id: 2, severity_id: 5 });
    expect(findings.map((one) => one.class_uid)).toEqual([2004, 2004, 2004]);
    expect(incident).toHaveProperty('finding_info_list.length', 3);
  });

  const schema = ocsfSchema();
  test.skipIf(schema === undefined)('every event is what OCSF describes (OCSF_SCHEMAS)', () => {
    if (schema === undefined) return;
    const states = ['open', 'acknowledged', 'contained', 'resolved', 'false-alarm'] as const;
    const events = states.flatMap((state) =>
      [true, false].flatMap((withPersons) =>
        ocsfFindings(factsWith(withPersons, { handling: { state, openedAt: NOW } })),
      ),
    );
    const nameOf = (event: Record<string, unknown>) =>
      event.class_uid === 2005 ? 'incident_finding' : 'detection_finding';
    expect(events.flatMap((event) => schema.problems(nameOf(event), event))).toEqual([]);
    console.info(`${events.length} OCSF events valid against version ${schema.version}`);
    const { metadata: _, ...without } = events[0] ?? {};
    expect(schema.problems('incident_finding', { ...without, colour: 'red', status_id: 7 })).toEqual(
      expect.arrayContaining([
        '.colour is unknown to incident_finding',
        '.metadata is required',
        '.status_id: 7 is not allowed',
      ]),
    );
  });
});

const cacao = publishedSchemas('CACAO_SCHEMAS');
test.skipIf(cacao === undefined)('the schemas of CACAO 2.0 can be asked (CACAO_SCHEMAS)', () => {
  expect(cacao?.problems('playbook.json', { type: 'playbook' })).not.toEqual([]);
});
