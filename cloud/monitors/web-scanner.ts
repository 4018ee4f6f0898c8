import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import { episodesOf, evidenceOf } from './episodes.ts';
import type { Monitor } from './monitor.ts';

const configuration = z.strictObject({
  /** Different paths that do not exist, from which on it is no broken link. */
  missingPaths: z.number().int().min(3).max(1_000).default(15),
  /** A pause longer than this ends a scan. */
  pauseMs: z
    .number()
    .int()
    .min(1_000)
    .default(10 * 60_000),
});
type Configuration = z.infer<typeof configuration>;

const EVIDENCE = 12;
/** Programs that say what they are. */
const scannerAgent =
  /\b(?:nikto|sqlmap|nmap|masscan|zgrab|gobuster|dirbuster|feroxbuster|wpscan|nuclei|acunetix)\b/i;

const isMissing = ({ facts }: Observation) =>
  facts?.status === 404 || facts?.status === 403 || facts?.status === 400;

const request = (at: number, path: string, over: Partial<Observation> = {}) => ({
  kind: 'web.requested' as const,
  asset: 'web-shop',
  observedAt: at,
  observables: { ip: '192.0.2.66', path, 'user-agent': 'Mozilla/5.0' },
  facts: { status: 404 },
  ...over,
});

/** One address asks for many things that are not there: it looks for a way in. A daily nuisance, worth a remark. */
export const webScanner: Monitor<Configuration> = {
  kind: 'web-scanner',
  title: 'Scan of the web shop',
  configuration,
  observes: ['web.requested'],
  keys(observation) {
    const ip = observation.observables?.ip;
    const agent = observation.observables?.['user-agent'] ?? '';
    if (ip === undefined || !(isMissing(observation) || scannerAgent.test(agent))) return [];
    return [`${observation.asset}|${ip}`];
  },
  rememberMs: ({ pauseMs }) => pauseMs + 6 * 3_600_000,
  judge(course, { missingPaths, pauseMs }) {
    return episodesOf(course, pauseMs).flatMap((episode) => {
      const paths = new Set<string>();
      const reached = episode.observations.find((observation) => {
        const agent = observation.observables?.['user-agent'] ?? '';
        paths.add(observation.observables?.path ?? '');
        return paths.size >= missingPaths || (scannerAgent.test(agent) && paths.size >= 3);
      });
      if (reached === undefined && episode.count <= episode.observations.length) return [];
      const one = reached ?? episode.observations[0];
      if (one === undefined) return [];
      const ip = one.observables?.ip ?? 'an unknown address';
      return [
        {
          anchor: episode.firstId,
          at: reached?.observedAt ?? episode.firstAt,
          severity: 'low' as const,
          summary: `${ip} asked the web shop for ${episode.count} things that do not exist: a scan`,
          assets: [one.asset],
          identities: [],
          observables: { ip },
          facts: { requests: episode.count },
          evidence: evidenceOf(episode.observations, EVIDENCE),
          tactic: 'T1595',
          count: episode.count,
        },
      ];
    });
  },
  samples: [
    {
      name: 'fifteen paths that do not exist',
      observations: Array.from({ length: 16 }, (_, index) => request(index * 500, `/old/${index}.php`)),
      expect: [{ at: 7_000, severity: 'low', count: 16 }],
    },
    {
      name: 'a scanner that says its name is believed sooner',
      observations: ['/a', '/b', '/c'].map((path, index) =>
        request(index * 500, path, { observables: { ip: '192.0.2.66', path, 'user-agent': 'Nikto/2.5' } }),
      ),
      expect: [{ at: 1_000, severity: 'low', count: 3 }],
    },
    {
      name: 'one broken picture, asked for all day, is a broken picture',
      observations: Array.from({ length: 40 }, (_, index) => request(index * 60_000, '/logo.png')),
      expect: [],
    },
    {
      name: 'a customer who finds what was asked for is a customer',
      observations: Array.from({ length: 30 }, (_, index) =>
        request(index * 1_000, `/p/${index}`, { facts: { status: 200 } }),
      ),
      expect: [],
    },
  ],
};
