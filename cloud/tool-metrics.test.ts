import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { addToolMetrics } from './tool-metrics.ts';

const NAME = /^gatehouse_[a-z]+(_[a-z]+)*$/;

async function textOf(parts: Parameters<typeof addToolMetrics>[1]): Promise<string> {
  const registry = new Registry();
  addToolMetrics(registry, parts);
  for (const { name, type } of await registry.getMetricsAsJSON()) {
    expect(name).toMatch(NAME);
    expect([name, name.endsWith('_total')]).toEqual([name, String(type) === 'counter']);
  }
  return registry.metrics();
}

const intelligence = {
  health: () => [
    { name: 'cert', lastAt: 1_500, indicators: 12, revoked: 1, refused: 2, problem: undefined },
    { name: 'file', lastAt: undefined, indicators: 0, revoked: 0, refused: 0, problem: 'no such file' },
  ],
  library: { size: 11, indexBytes: 4_096 },
  monitor: { matched: 3 },
};

test('pages, folders, feeds and hand-overs are told as they are when somebody asks', async () => {
  const counts = {
    proved: 4,
    refused: 2,
    accepted: 7,
    notAccepted: 1,
    reasons: new Map([['revoked' as const, 3]]),
  };
  const lines = await textOf({
    integrity: {
      health: () => ({
        pages: [
          { url: 'https://shop.example/', state: 'watched', reachedAt: 2_000, scripts: 5, open: 1 },
          { url: 'https://shop.example/pay', state: 'learning', because: 'no answer', scripts: 0, open: 0 },
        ],
        folders: [{ path: '/srv/shop', files: 40, open: 0, unreadable: 1, isCut: false }],
      }),
    },
    intelligence,
    identityBridge: { counts, issuer: { counts: { issued: 9, revoked: 2 } } },
  });
  for (const line of [
    'gatehouse_integrity_page_up{page="https://shop.example/"} 1',
    'gatehouse_integrity_page_up{page="https://shop.example/pay"} 0',
    'gatehouse_integrity_page_last_reached_timestamp_seconds{page="https://shop.example/"} 2',
    'gatehouse_integrity_page_open_differences{page="https://shop.example/"} 1',
    'gatehouse_integrity_folder_unreadable_files{folder="/srv/shop"} 1',
    'gatehouse_intelligence_indicators 11',
    'gatehouse_intelligence_matched_observations_total 3',
    'gatehouse_intelligence_feed_up{feed="file"} 0',
    'gatehouse_intelligence_feed_last_success_timestamp_seconds{feed="cert"} 1.5',
    'gatehouse_intelligence_feed_refused_total{feed="cert"} 2',
    'gatehouse_identity_bridge_hand_overs_total{outcome="proved"} 4',
    'gatehouse_identity_bridge_verifications_total{outcome="refused"} 1',
    'gatehouse_identity_bridge_refusals_total{reason="revoked"} 3',
    'gatehouse_identity_bridge_credentials_revoked 2',
  ])
    expect(lines.split('\n')).toContain(line);
  expect(lines).not.toContain('last_success_timestamp_seconds{feed="file"}');
});

test('what is not there is not told', async () => {
  const lines = await textOf({ intelligence: { ...intelligence, health: () => [] } });
  expect(lines).not.toMatch(/integrity|identity_bridge/);
  expect(lines).toContain('gatehouse_intelligence_index_bytes 4096');
});
