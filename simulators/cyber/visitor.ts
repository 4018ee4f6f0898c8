import type { Clock } from '../../devices/model/clock.ts';
import { pick, type Random } from '../random.ts';

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
  'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36',
];

/** One request to a shop, from the address that the visitor has. */
export async function visit(
  shop: string,
  path: string,
  from: { address: string; agent: string; referer?: string },
  form?: Record<string, string>,
): Promise<number> {
  const response = await fetch(shop + path, {
    method: form === undefined ? 'GET' : 'POST',
    redirect: 'manual',
    headers: {
      'x-forwarded-for': from.address,
      'user-agent': from.agent,
      ...(from.referer === undefined ? {} : { referer: from.referer }),
    },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    signal: AbortSignal.timeout(10_000),
  });
  await response.arrayBuffer();
  return response.status;
}

/** An address of somebody's home, from the networks that documentation may use. */
export const homeAddress = (random: Random): string => `198.51.100.${20 + Math.floor(random() * 200)}`;

/** A customer looks around, perhaps buys, and mistypes an address now and then. */
export async function shopAround(
  shop: string,
  random: Random,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const from = { address: homeAddress(random), agent: pick(agents, random) };
  const paths = [
    '/',
    ...Array.from({ length: 1 + Math.floor(random() * 5) }, () => `/p/${Math.floor(random() * 244)}`),
  ];
  if (random() < 0.3) paths.push('/cart', '/checkout');
  if (random() < 0.1) paths.push('/sale-2019');
  let referer: string | undefined;
  for (const path of paths) {
    if (signal.aborted) return;
    await visit(shop, path, referer === undefined ? from : { ...from, referer }).catch(() => {});
    referer = `https://shop.linden.example${path}`;
    await pause(clock, 2_000 + random() * 20_000, signal);
  }
}

const wanted = [
  '/.env',
  '/wp-login.php',
  '/phpmyadmin/',
  '/.git/config',
  '/backup.zip',
  '/server-status',
  '/xmlrpc.php',
  '/old/',
  '/config.php',
  '/shell.php',
  '/vendor/phpunit/',
  '/cgi-bin/test',
  '/actuator/env',
  '/solr/',
  '/owa/',
  '/login.action',
  '/boaform/',
  '/hudson',
  '/_ignition/execute-solution',
  '/console/',
];

/** A scanner asks for everything that might be left open; it comes by every day and finds nothing. */
export async function scan(shop: string, random: Random, clock: Clock, signal: AbortSignal): Promise<void> {
  const from = { address: `192.0.2.${1 + Math.floor(random() * 250)}`, agent: 'Mozilla/5.0 zgrab/0.x' };
  for (const path of wanted) {
    if (signal.aborted) return;
    await visit(shop, path, from).catch(() => {});
    await pause(clock, 300 + random() * 1_500, signal);
  }
}

/** Waits in the world's time; ends early with the signal. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    // Held by a timer that keeps the process alive: a simulator's only business is to wait.
    const timer = setTimeout(done, ms / clock.rate);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
