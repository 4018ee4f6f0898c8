/**
 * How many lines of each format a second one core reads and makes records of: `node cloud/sources/sources.bench.ts
 * [format]`. Beside it stands what a widely used analyser of logs does with its own rules on one core; ours judges later,
 * see the bench of Sigma. Times are the processor's.
 */
import { sourceFormats } from './catalog.ts';
import { rigRegistry } from './rig.ts';
import { stamp } from './stamp.ts';

/** Events a second of Wazuh's analysisd, as its makers measured it. */
const OTHERS = 13_700;
const LINES = 20_000;
const ROUNDS = 5;
const receivedAt = Date.UTC(2026, 10, 23, 7, 0, 0);
const place = { name: 'bench', format: 'bench', asset: 'web-shop', site: 'online' };

const address = (number: number) => `203.0.${(number >> 8) & 255}.${number & 255}`;
const two = (number: number) => String(number % 60).padStart(2, '0');
const agent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';

/** Lines that differ, as a busy hour's do. */
const makers: Readonly<Record<string, { settings?: Record<string, unknown>; line(number: number): string }>> =
  {
    'web-access': {
      settings: { logins: [{ path: '/account/login' }] },
      line: (number) =>
        `${address(number)} - - [23/Nov/2026:07:${two(number >> 6)}:${two(number)} +0000] "GET /p/${number}?ref=${number % 97} HTTP/2.0" ${number % 9 === 0 ? 404 : 200} ${number % 50_000} "https://shop.example/c/${number % 40}" "${agent}"`,
    },
    syslog: {
      line: (number) =>
        `<38>1 2026-11-23T07:${two(number >> 6)}:${two(number)}.${String(number % 1_000).padStart(3, '0')}Z shop-server sshd ${number % 40_000} - - Failed password for invalid user u${number % 500} from ${address(number)} port ${1_024 + (number % 60_000)} ssh2`,
    },
    'suricata-eve': {
      line(number) {
        const head = `{"timestamp":"2026-11-23T07:${two(number >> 6)}:${two(number)}.123456+0000","flow_id":${1_736_432_186_000 + number},"in_iface":"eth0","src_ip":"10.0.1.${number & 255}","src_port":${1_024 + (number % 60_000)},"dest_ip":"${address(number)}","dest_port":443,"proto":"TCP"`;
        switch (number % 4) {
          case 0:
            return `${head},"event_type":"alert","app_proto":"tls","alert":{"action":"allowed","gid":1,"signature_id":${2_000_000 + (number % 300)},"rev":2,"signature":"ET POLICY Something of ${number % 300}","category":"Potentially Bad Traffic","severity":2}}`;
          case 1:
            return `${head},"event_type":"dns","dns":{"type":"query","id":${number % 65_536},"rrname":"host${number % 900}.example.org","rrtype":"A","tx_id":0}}`;
          case 2:
            return `${head},"event_type":"tls","tls":{"subject":"CN=host.example","issuerdn":"C=US, O=Authority","sni":"host${number % 900}.example.org","version":"TLS 1.3","ja3":{"hash":"72a589da586844d7f0818ce684948eea"}}}`;
          default:
            return `${head},"event_type":"flow","app_proto":"tls","flow":{"pkts_toserver":9,"pkts_toclient":8,"bytes_toserver":${number},"bytes_toclient":9000,"state":"closed","reason":"timeout","alerted":false}}`;
        }
      },
    },
  };

/** The best of some rounds, per second of processor time: the others were disturbed. */
function pace(work: () => void): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const started = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(started);
    best = Math.max(best, (LINES / (user + system)) * 1_000_000);
  }
  return best;
}

const tell = (title: string, perSecond: number) =>
  console.log(
    `${title}: ${Math.round(perSecond / 1_000)} thousand/s  ratio ${(perSecond / OTHERS).toFixed(1)} of ${OTHERS / 1_000} thousand/s`,
  );

const [only] = process.argv.slice(2);
for (const format of sourceFormats) {
  const maker = makers[format.name];
  if (maker === undefined || (only !== undefined && only !== format.name)) continue;
  const lines = Array.from({ length: LINES }, (_, number) => Buffer.from(maker.line(number)));
  // Each round has a reader of its own: one that has seen the lines before would fold them as repeats.
  const reader = () => format.reader(maker.settings ?? {}, { timeZone: 'UTC' });
  let records = 0;
  let refused = 0;
  const parsed = pace(() => {
    const read = reader();
    for (const line of lines) read(line.toString('utf8'), receivedAt);
  });
  const stamped = pace(() => {
    const read = reader();
    records = 0;
    for (const [index, line] of lines.entries()) {
      const result = read(line.toString('utf8'), receivedAt);
      if ('refused' in result) refused++;
      for (const reported of 'reported' in result ? result.reported : []) {
        stamp(reported, `cloud-bench/boot/${index}`, receivedAt, place, rigRegistry);
        records++;
      }
    }
  });
  if (refused > 0) throw new Error(`${format.name}: ${refused} of ${LINES * ROUNDS} lines refused`);
  if (records < LINES) console.log(`${format.name}: ${LINES - records} of ${LINES} lines folded as repeats`);
  tell(`${format.name}: lines read`, parsed);
  tell(`${format.name}: and made into records`, stamped);
}
