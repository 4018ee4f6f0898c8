import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { incidentList, intelligenceState } from '../api/answers.ts';
import { type CloudRig, eventually, startRig } from '../testing.ts';
import { stixBundle } from './stix/objects.ts';
import { MEDIA_TYPE } from './taxii/resources.ts';

const SHARED = '0c1b2f6e-2b6a-4c3f-9d0e-6a0f5b2f7a11';
const TOKEN = 'a-token-of-a-partner';
let rig: CloudRig;
beforeAll(async () => {
  rig = await startRig({
    intelligence: {
      feeds: [
        { name: 'blocklist', type: 'file', path: 'list.csv', format: 'csv', confidence: 90, everyMs: 10_000 },
      ],
      share: {
        collections: [
          { id: SHARED, alias: 'incidents', title: 'Incidents', holds: 'incidents', tlp: 'amber' },
        ],
        partners: [
          {
            name: 'hospital',
            tokenSha256: createHash('sha256').update(TOKEN).digest('hex'),
            read: ['incidents'],
          },
        ],
      },
    },
  });
});
afterAll(() => rig.stop());

test('a log-in from a listed address is an incident, also when the list comes later; released, a partner fetches it', async () => {
  const post = await fetch(`${rig.address}/sources/accounts`, {
    method: 'POST',
    headers: { authorization: 'Bearer a-token-of-a-source' },
    body: JSON.stringify({
      time: new Date(Date.now() - 60_000).toISOString(),
      event: 'login.succeeded',
      account: 'a.weber',
      ip: '203.0.113.7',
    }),
  });
  expect(post.status).toBe(202);
  // The list was not there at the start: it is asked for again, and what was seen before is hunted for.
  await writeFile(join(rig.folder, 'list.csv'), 'value\n203.0.113.7\n');
  await rig.restart();
  const supervisor = await rig.as('supervisor');
  const incident = await eventually('an incident', async () => {
    const { items } = await supervisor.read('/api/incidents', incidentList);
    return items[0];
  });
  const state = await supervisor.read('/api/intelligence', intelligenceState);
  expect(state).toMatchObject({ indicators: 1, feeds: [{ name: 'blocklist', indicators: 1 }] });
  const path = `/api/incidents/${encodeURIComponent(incident.id)}`;
  const bundle = stixBundle.parse(await (await supervisor.get(`${path}/stix`)).json());
  expect(JSON.stringify(bundle)).not.toContain('a.weber');
  expect((await supervisor.get(`${path}/ocsf`)).status).toBe(200);
  const fetched = async () => {
    const response = await fetch(`${rig.address}/taxii2/partners/collections/${SHARED}/objects/`, {
      headers: { accept: MEDIA_TYPE, authorization: `Bearer ${TOKEN}` },
    });
    return response.text();
  };
  expect(await fetched()).toBe('{}');
  expect((await supervisor.send(`${path}/release`, {})).status).toBe(200);
  expect(await fetched()).toContain('"type":"incident"');
  expect((await supervisor.send(`${path}/take-back`, {})).status).toBe(200);
  expect(await fetched()).not.toContain('"type":"incident"');
});
