import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suricataEve } from './suricata-eve.ts';

const DAY = 24 * 3_600_000;
const START = Date.parse('2026-11-23T00:00:00Z');
const flow = (at: number, from: string, to: string, port: number, bytes: number) =>
  JSON.stringify({
    timestamp: new Date(START + at).toISOString(),
    event_type: 'flow',
    flow_id: at + port,
    src_ip: from,
    src_port: 40_000 + (at % 20_000),
    dest_ip: to,
    dest_port: port,
    proto: 'TCP',
    flow: { bytes_toserver: bytes, bytes_toclient: 4_000, state: 'closed', alerted: false },
  });
const keptOf = (lines: readonly string[], settings = {}) => {
  const reader = suricataEve.reader(settings, { timeZone: 'UTC' });
  return lines.flatMap((line) => {
    const result = reader(line, START);
    if ('refused' in result) throw new Error(result.refused);
    return 'reported' in result ? result.reported : [];
  });
};
const sent = (list: ReturnType<typeof keptOf>) =>
  list.reduce((sum, { facts }) => sum + Number(facts?.bytesOut ?? 0), 0);

test('of a day in which twenty tills ask their server every five seconds a twelfth is kept, and every customer', () => {
  const polls = Array.from({ length: DAY / 60_000 }, (_, minute) =>
    Array.from({ length: 12 }, (_, step) =>
      flow(minute * 60_000 + step * 5_000, '10.1.2.9', '10.1.2.1', 443, 900),
    ),
  ).flat();
  const customers = Array.from({ length: 2_000 }, (_, index) =>
    flow(index * 40_000, `203.0.113.${index % 250}`, '198.51.100.4', 443, 1_200),
  );
  expect(keptOf(polls, { repeatMs: 0 })).toHaveLength(17_280);
  expect(keptOf(polls)).toHaveLength(1_440);
  expect(keptOf(customers)).toHaveLength(2_000);
});

test('what is sent is told with the next that is kept, and much of it at once', () => {
  const contacts = fc.array(
    fc.record({ gap: fc.integer({ min: 0, max: 90_000 }), bytes: fc.integer({ min: 1, max: 2_000_000 }) }),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(contacts, (list) => {
      let at = 0;
      const lines = list.map(({ gap, bytes }) => {
        at += gap;
        return flow(at, '10.1.2.9', '198.51.100.44', 443, bytes);
      });
      // An hour later all that was folded is told.
      lines.push(flow(at + 3_600_000, '10.1.2.9', '198.51.100.44', 443, 7));
      expect(sent(keptOf(lines))).toBe(list.reduce((sum, { bytes }) => sum + bytes, 7));
    }),
  );
});

test('each port of a scan, each peer and each rhythm of a minute or more stays', () => {
  const scan = Array.from({ length: 500 }, (_, port) =>
    flow(port * 10, '10.1.2.9', '10.1.2.1', port + 1, 60),
  );
  expect(keptOf(scan)).toHaveLength(500);
  const beacon = Array.from({ length: 100 }, (_, index) =>
    flow(index * 60_000, '10.1.2.9', '203.0.113.66', 443, 300),
  );
  expect(keptOf(beacon)).toHaveLength(100);
});

test('what went wrong in the packets is kept, without being an alarm', () => {
  const anomaly = JSON.stringify({
    timestamp: '2026-11-23T07:00:00.000000+0000',
    event_type: 'anomaly',
    src_ip: '203.0.113.66',
    dest_ip: '10.1.2.1',
    proto: 'TCP',
    anomaly: { app_proto: 'http', type: 'applayer', event: 'INVALID_REQUEST_FIELD', layer: 'proto_parser' },
  });
  const [found, ...more] = keptOf([anomaly, anomaly]);
  expect(more).toEqual([]);
  expect(found).toMatchObject({
    kind: 'network.alerted',
    facts: { anomaly: 'INVALID_REQUEST_FIELD', type: 'applayer' },
  });
  expect(found).not.toHaveProperty('judged');
});
