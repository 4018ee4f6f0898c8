/** What the communication monitor must find, and what it must leave alone. */
import type { Facts, Observation } from '../../devices/model/observation.ts';
import type { StandingSample } from '../monitors/standing.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const CAMERA = '10.0.4.20';
const SERVER = '10.0.1.5';
const OUTSIDE = '203.0.113.80';

type Seen = StandingSample['observations'][number];

const flow = (
  at: number,
  ip: string,
  to: string,
  facts: Facts = {},
  over: Partial<Observation> = {},
): Seen => ({
  kind: 'network.connected',
  asset: 'site-network',
  observedAt: Math.round(at),
  observables: { ip, 'destination-ip': to },
  facts: { protocol: 'tcp', destinationPort: 443, state: 'SF', bytesOut: 900, bytesIn: 4_000, ...facts },
  ...over,
});
const question = (at: number, ip: string, domain: string, type = 'A'): Seen => ({
  kind: 'domain.resolved',
  asset: 'site-network',
  observedAt: Math.round(at),
  observables: { ip, 'destination-ip': '10.0.1.1', domain },
  facts: { protocol: 'udp', destinationPort: 53, type },
});
const list = <Thing>(length: number, make: (index: number) => Thing): Thing[] =>
  Array.from({ length }, (_, index) => make(index));
/** A number from 0 to 1 that looks like chance and is the same each time. */
const chance = (index: number): number => {
  const value = Math.sin(index * 12.9898 + 78.233) * 43_758.5453;
  return value - Math.floor(value);
};
const label = (index: number, length: number): string =>
  list(length, (at) => 'abcdefghijklmnopqrstuvwxyz234567'[Math.floor(chance(index * 64 + at) * 32)]).join('');

const addresses = { [CAMERA]: 'store-room-camera', [SERVER]: 'shop-server', '10.0.1.9': 'office-pc' };
const configuration = { addresses, learningMs: 2 * HOUR };
/** A server that talks to its database and to a payment service all day. */
const ordinary = (until: number): Seen[] =>
  list(Math.floor(until / (7 * MINUTE)), (index) =>
    flow(
      index * 7 * MINUTE + chance(index) * MINUTE,
      SERVER,
      index % 2 === 0 ? '10.0.1.6' : '198.51.100.44',
      {
        destinationPort: index % 2 === 0 ? 5_432 : 443,
      },
    ),
  );
const newPeer = { rule: 'new-peer', severity: 'low' } as const;
const sleep = (start: number, count: number, every: number, jitter: number): Seen[] => {
  let at = start;
  return list(count, (index) => {
    at += every * (1 + jitter * (2 * chance(index) - 1));
    return flow(at, SERVER, OUTSIDE);
  });
};

export const communicationSamples: readonly StandingSample[] = [
  {
    name: 'a program calls its master every minute, give or take a fifth',
    configuration,
    observations: [...ordinary(4 * HOUR), ...sleep(4 * HOUR, 40, MINUTE, 0.2)],
    expect: [newPeer, { rule: 'beaconing', severity: 'medium', count: 40 }],
  },
  {
    name: 'a rhythm of ten minutes over midnight, with beats left out, is one',
    configuration,
    observations: [
      ...ordinary(4 * HOUR),
      ...list(40, (index) => flow(9 * HOUR + index * 10 * MINUTE, SERVER, OUTSIDE)).filter(
        (_, index) => index % 9 !== 4,
      ),
    ],
    expect: [newPeer, { rule: 'beaconing', severity: 'high', count: 36 }],
  },
  {
    name: 'whoever was called in a rhythm while it was learned is left alone',
    configuration,
    observations: list(200, (index) => flow(index * MINUTE, SERVER, OUTSIDE)),
    expect: [],
  },
  {
    name: 'a person who reads a new page now and then has no rhythm',
    configuration: { ...configuration, newPerWeek: 0 },
    observations: (() => {
      let at = 4 * HOUR;
      return [
        ...list(30, (index) => flow(index * 5 * MINUTE, '10.0.1.9', `198.51.100.${index}`)),
        ...list(120, (index) => {
          // Times between clicks of a person: mostly short, now and then long.
          at += 3 * SECOND - Math.log(1 - chance(index)) * 4 * MINUTE;
          return flow(at, '10.0.1.9', OUTSIDE);
        }),
      ];
    })(),
    expect: [],
  },
  {
    name: 'a machine tries twenty ports of another within seconds',
    configuration,
    observations: [
      ...ordinary(3 * HOUR),
      ...list(20, (index) =>
        flow(3 * HOUR + index * 300, SERVER, CAMERA, {
          destinationPort: 20 + index,
          state: 'REJ',
          bytesIn: 0,
        }),
      ),
    ],
    expect: [{ rule: 'network-scan', at: 3 * HOUR + 14 * 300, severity: 'high', count: 20 }],
  },
  {
    name: 'one port of many machines, one an hour',
    configuration,
    observations: list(16, (index) =>
      flow(index * HOUR, SERVER, `10.0.2.${index + 10}`, { destinationPort: 445, state: 'S0', bytesIn: 0 }),
    ),
    expect: [{ rule: 'network-scan', at: 11 * HOUR, severity: 'high', count: 16 }],
  },
  {
    name: 'a stranger tries our doors, as they do',
    configuration,
    observations: list(18, (index) =>
      flow(index * SECOND, OUTSIDE, SERVER, {
        destinationPort: 1_000 + index,
        action: 'blocked',
        bytesIn: 0,
      }),
    ),
    expect: [{ rule: 'network-scan', severity: 'low', count: 18 }],
  },
  {
    name: 'a printer that is switched off is tried again and again',
    configuration,
    observations: list(60, (index) =>
      flow(index * MINUTE, SERVER, '10.0.1.77', { destinationPort: 9_100, state: 'S0', bytesIn: 0 }),
    ),
    expect: [],
  },
  {
    name: 'half a gigabyte leaves at night, where mornings have a megabyte',
    configuration: { addresses, learningMs: 3 * DAY },
    observations: [
      ...list(4 * 24, (hour) => flow(hour * HOUR, SERVER, '198.51.100.44', { bytesOut: 1_000_000 })),
      ...list(5, (index) =>
        flow(4 * DAY + 2 * HOUR + index * 5 * MINUTE, SERVER, '198.51.100.44', { bytesOut: 100_000_000 }),
      ),
    ],
    expect: [{ rule: 'exfiltration-volume', at: 4 * DAY + 2 * HOUR, severity: 'high' }],
  },
  {
    name: 'the nightly back-up is as large as ever',
    configuration: { addresses, learningMs: 3 * DAY },
    observations: list(6, (day) =>
      flow(day * DAY + 2 * HOUR, SERVER, '198.51.100.44', { bytesOut: 400_000_000 + day * 10_000_000 }),
    ),
    expect: [],
  },
  {
    name: 'a camera talks to the outside',
    configuration,
    observations: [
      flow(0, CAMERA, '10.0.4.2', { destinationPort: 554 }),
      flow(3 * HOUR, CAMERA, OUTSIDE, { destinationPort: 8_443 }),
      flow(3 * HOUR + MINUTE, CAMERA, OUTSIDE, { destinationPort: 8_443 }),
    ],
    expect: [{ rule: 'device-talks-outside', at: 3 * HOUR, severity: 'medium', count: 1 }],
  },
  {
    name: 'a machine that nobody knows, in a network where all are known, calls home; those that are known browse',
    configuration: { ...configuration, closed: { '10.0.1.0/24': 'site-network' } },
    observations: [
      flow(0, SERVER, '198.51.100.44'),
      flow(3 * HOUR, '10.0.1.66', '10.0.1.5', { state: 'S0', bytesIn: 0 }),
      flow(3 * HOUR + MINUTE, '10.0.1.66', OUTSIDE),
      flow(3 * HOUR + 2 * MINUTE, '10.0.2.66', OUTSIDE),
    ],
    expect: [{ rule: 'device-talks-outside', at: 3 * HOUR + MINUTE, severity: 'high', count: 1 }],
  },
  {
    name: 'it may ask for the time',
    configuration,
    observations: [flow(0, CAMERA, OUTSIDE, { protocol: 'udp', destinationPort: 123 })],
    expect: [],
  },
  {
    name: "its vendor's cloud, named in the settings, it may reach",
    configuration: { ...configuration, usual: ['203.0.113.0/24'] },
    observations: [flow(0, CAMERA, OUTSIDE), flow(3 * HOUR, CAMERA, OUTSIDE)],
    expect: [],
  },
  {
    name: 'somebody who never did calls a camera',
    configuration,
    observations: [
      ...list(12, (index) => flow(index * 20 * MINUTE, '10.0.4.2', CAMERA, { destinationPort: 554 })),
      flow(5 * HOUR, '10.0.1.9', CAMERA, { destinationPort: 554 }),
    ],
    expect: [{ rule: 'new-peer', at: 5 * HOUR, severity: 'medium', count: 1 }],
  },
  {
    name: 'a server answers on a port that it never had',
    configuration,
    observations: [
      ...list(12, (index) => flow(index * 20 * MINUTE, '192.0.2.9', SERVER)),
      flow(6 * HOUR, '192.0.2.10', SERVER, { destinationPort: 4_444 }),
    ],
    expect: [{ rule: 'new-listener', at: 6 * HOUR, severity: 'medium', count: 1 }],
  },
  {
    name: 'a port that refuses is no listener',
    configuration,
    observations: [
      ...list(12, (index) => flow(index * 20 * MINUTE, '192.0.2.9', SERVER)),
      flow(6 * HOUR, '192.0.2.10', SERVER, { destinationPort: 4_444, state: 'REJ', bytesIn: 0 }),
    ],
    expect: [],
  },
  {
    name: 'a server asks for a domain that it never asked for',
    configuration,
    observations: [
      ...list(12, (index) => question(index * 20 * MINUTE, SERVER, 'api.pay.example')),
      question(6 * HOUR, SERVER, 'update.qx7.example.co.uk'),
    ],
    expect: [{ rule: 'new-domain', at: 6 * HOUR, severity: 'low', count: 1 }],
  },
  {
    name: 'somebody who reads the web asks for new domains all day',
    configuration,
    observations: list(80, (index) => question(index * 5 * MINUTE, '10.0.1.9', `www.page${index}.example`)),
    expect: [],
  },
  {
    name: 'many long names without sense under one domain',
    configuration,
    observations: [
      question(0, SERVER, 'cdn.tunnel.example'),
      ...list(90, (index) =>
        question(10 * MINUTE + index * 4 * SECOND, SERVER, `${label(index, 40)}.tunnel.example`, 'TXT'),
      ),
    ],
    expect: [{ rule: 'dns-tunnel', severity: 'high', count: 91 }],
  },
  {
    name: 'the same, slowly, over hours',
    configuration,
    observations: list(160, (index) =>
      question(index * 3 * MINUTE, SERVER, `${label(index, 32)}.tunnel.example`, 'A'),
    ),
    expect: [{ rule: 'dns-tunnel', severity: 'high', count: 160 }],
  },
  {
    name: 'a delivery network has long names, and few of them',
    configuration,
    observations: list(300, (index) =>
      question(index * 10 * SECOND, SERVER, `media-eu-west-${index % 12}-cache-edge.delivery.example`),
    ),
    expect: [],
  },
  {
    name: 'addresses turned round are no tunnel',
    configuration,
    observations: list(200, (index) =>
      question(index * 10 * SECOND, SERVER, `${index}.113.0.203.in-addr.arpa`, 'PTR'),
    ),
    expect: [],
  },
];
