import { z } from 'zod';
import type { Facts, Observation } from '../../devices/model/observation.ts';
import { episodesOf, evidenceOf } from '../monitors/episodes.ts';
import type { Found, Monitor } from '../monitors/monitor.ts';
import { requestTarget } from '../sources/web-access.ts';
import type { Family, Finding } from './findings.ts';
import { judgeRequest, type Verdict } from './judge.ts';

const configuration = z.strictObject({
  /** A pause longer than this ends an attack. */
  pauseMs: z
    .number()
    .int()
    .min(1_000)
    .default(10 * 60_000),
});
type Configuration = z.infer<typeof configuration>;

const EVIDENCE = 12;
const MAX_FACT = 400;

/** What one looks for and does not do: the monitor of scans tells of it where nothing was found. */
const searching: ReadonlySet<Family> = new Set(['probe', 'scanner']);
/** What runs code or gives away data where it works. */
const grave: ReadonlySet<Family> = new Set([
  'sql-injection',
  'file-disclosure',
  'path-traversal',
  'remote-inclusion',
  'server-side-request',
  'command-injection',
  'php-injection',
  'code-injection',
  'template-injection',
  'xml-injection',
  'serialised-object',
  'lookup-injection',
]);
const names: Readonly<Record<Family, string>> = {
  'sql-injection': 'SQL injection',
  'cross-site-scripting': 'cross-site scripting',
  'path-traversal': 'path traversal',
  'file-disclosure': 'reading files of the server',
  'remote-inclusion': 'inclusion of a foreign file',
  'server-side-request': "requests in the server's name",
  'command-injection': 'command injection',
  'php-injection': 'PHP injection',
  'code-injection': 'code injection',
  'template-injection': 'template injection',
  'directory-query-injection': 'LDAP or XPath injection',
  'xml-injection': 'XML injection',
  'document-query-injection': 'injection into a document store',
  'serialised-object': 'a serialised object',
  'lookup-injection': 'a look-up of a logger',
  'response-splitting': 'response splitting',
  protocol: 'a request against the rules of HTTP',
  scanner: 'a scanner',
  probe: 'a search for left-over files',
  'open-redirect': 'an open redirect',
  'session-fixation': 'session fixation',
};

const isRefused = (status: unknown) => typeof status === 'number' && status >= 400 && status < 500;

/** Verdicts are asked for again whenever a late observation revises an attack; a request's never changes. */
const known = new WeakMap<Observation, Verdict>();

function verdictOf(observation: Observation): Verdict {
  const before = known.get(observation);
  if (before !== undefined) return before;
  const { observables, facts } = observation;
  const status = facts?.status;
  const verdict = judgeRequest({
    method: observables?.method,
    target: requestTarget(observation),
    userAgent: observables?.['user-agent'],
    referer: observables?.referer,
    status: typeof status === 'number' ? status : undefined,
    ...(typeof facts?.virtualHost === 'string' ? { host: facts.virtualHost.replace(/:\d{1,5}$/, '') } : {}),
    ...(typeof facts?.body === 'string' ? { body: facts.body } : {}),
  });
  known.set(observation, verdict);
  return verdict;
}

/** Whether it is this monitor's business. */
function isTold(observation: Observation): boolean {
  if (observation.observables?.path === undefined) return false;
  const verdict = verdictOf(observation);
  if (!verdict.isAttack) return false;
  return !(
    isRefused(observation.facts?.status) && verdict.findings.every(({ family }) => searching.has(family))
  );
}

/** 0 refused or only searched, 1 answered, 2 answered what runs code or gives away data, beyond doubt. */
function rankOf(observation: Observation): number {
  const { family, score } = verdictOf(observation);
  const status = observation.facts?.status;
  if (family === undefined || searching.has(family) || isRefused(status)) return 0;
  return grave.has(family) && score >= 7 && typeof status === 'number' ? 2 : 1;
}
const severities = ['low', 'medium', 'high'] as const;

/** Where, what and the decoded text, bounded. */
const explained = (finding: Finding) => `${finding.where}: ${finding.what} in “${finding.text}”`;

const request = (at: number, path: string, over: Partial<Observation> = {}) => ({
  kind: 'web.requested' as const,
  asset: 'web-shop',
  observedAt: at,
  observables: { ip: '192.0.2.66', path, method: 'GET', 'user-agent': 'Mozilla/5.0' },
  facts: { status: 200 },
  ...over,
});

/** Attacks that are visible in method, address, user agent and referer; told with where, what and the decoded text. */
export const webAttack: Monitor<Configuration> = {
  kind: 'web-attack',
  title: 'Attack on the web shop',
  configuration,
  observes: ['web.requested', 'login.failed', 'login.succeeded'],
  keys(observation) {
    if (!isTold(observation)) return [];
    const { ip, host } = observation.observables ?? {};
    return [`${observation.asset}|${ip ?? host ?? 'unknown'}`];
  },
  rememberMs: ({ pauseMs }) => pauseMs + 6 * 3_600_000,
  judge(course, { pauseMs }) {
    return episodesOf(course, pauseMs).flatMap((episode): Found[] => {
      let worst = episode.observations[0];
      if (worst === undefined) return [];
      const families = new Map<Family, number>();
      let worstRank = -1;
      for (const observation of episode.observations) {
        const { family, score } = verdictOf(observation);
        if (family !== undefined) families.set(family, (families.get(family) ?? 0) + 1);
        const rank = rankOf(observation) * 1_000 + score;
        if (rank > worstRank) {
          worst = observation;
          worstRank = rank;
        }
      }
      const { family = 'protocol', findings, score } = verdictOf(worst);
      const finding = findings.find((one) => one.family === family) ?? findings[0];
      const ip = worst.observables?.ip;
      const status = worst.facts?.status;
      const facts: Facts = {
        requests: episode.count,
        family,
        families: [...families.keys()].sort().join(', ').slice(0, MAX_FACT),
        score,
        where: (finding?.where ?? '').slice(0, MAX_FACT),
        what: (finding?.what ?? '').slice(0, MAX_FACT),
        decoded: (finding?.text ?? '').slice(0, MAX_FACT),
        ...(typeof status === 'number' ? { status } : {}),
      };
      const answer = typeof status === 'number' ? `, answered with ${status}` : '';
      const seen = finding === undefined ? '' : `, ${explained(finding)}`;
      return [
        {
          anchor: episode.firstId,
          at: episode.firstAt,
          severity: severities[rankOf(worst)] ?? 'low',
          summary: `${ip ?? 'An unknown address'} tried ${names[family]} on the web shop${seen}${answer} (${episode.count} such requests)`,
          assets: [worst.asset],
          identities: [],
          observables: ip === undefined ? {} : { ip },
          facts,
          evidence: evidenceOf(episode.observations, EVIDENCE),
          tactic: searching.has(family) ? 'T1595' : 'T1190',
          count: episode.count,
        },
      ];
    });
  },
  samples: [
    {
      name: 'a query that opens the customers table, and the server answers',
      observations: [request(0, '/search?q=x%27%20UNION%20SELECT%20email,password%20FROM%20users--%20')],
      expect: [{ at: 0, severity: 'high', count: 1 }],
    },
    {
      name: 'many attempts that are refused are one remark',
      observations: Array.from({ length: 20 }, (_, index) =>
        request(index * 1_000, `/p?id=${index}%27%20or%20%271%27=%271`, { facts: { status: 403 } }),
      ),
      expect: [{ at: 0, severity: 'low', count: 20 }],
    },
    {
      name: 'a script in a search, shown as it was sent',
      observations: [request(0, '/search?q=%3Cscript%3Ealert(1)%3C/script%3E')],
      expect: [{ at: 0, severity: 'medium', count: 1 }],
    },
    {
      name: 'after a pause it is another attack',
      observations: [
        request(0, '/d?f=../../../../etc/passwd', { facts: { status: 404 } }),
        request(3_600_000, '/d?f=../../../../etc/passwd', { facts: { status: 200 } }),
      ],
      expect: [
        { at: 0, severity: 'low' },
        { at: 3_600_000, severity: 'high' },
      ],
    },
    {
      name: 'a customer with an apostrophe, a union and a table to drop',
      observations: [
        '/search?q=men%27s+O%27Reilly',
        '/search?q=select+all+from+the+union',
        '/search?q=drop+table+lamp',
      ].map((path, index) => request(index * 1_000, path)),
      expect: [],
    },
    {
      name: 'looking for left-over files and finding none is a scan, which another monitor tells',
      observations: ['/.env', '/backup.sql'].map((path, index) =>
        request(index, path, { facts: { status: 404 } }),
      ),
      expect: [],
    },
  ],
};
