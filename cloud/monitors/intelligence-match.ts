/** What was seen is on somebody's list: a detection that names the indicator, who gave it, and how old it is. */
import { z } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import { severityRank } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { type Indicator, severityOf } from '../intelligence/indicator.ts';
import type { Hit } from '../intelligence/library.ts';
import { lookedAt } from '../intelligence/matching/observable.ts';
import { episodesOf, evidenceOf } from './episodes.ts';
import { identitiesOf, type Monitor, whoAndWhence } from './monitor.ts';

export const INTELLIGENCE_RULE = 'intelligence.match';

const configuration = z.strictObject({
  pauseMs: z
    .number()
    .int()
    .min(60_000)
    .default(6 * 3_600_000),
  rememberMs: z
    .number()
    .int()
    .min(60_000)
    .default(7 * 24 * 3_600_000),
});
type Configuration = z.infer<typeof configuration>;

const EVIDENCE = 16;
const DAY_MS = 24 * 3_600_000;

const valueShown = ({ shown, indicator }: Hit): string => shown?.value ?? indicator.name;
const keyOf = (asset: string, hit: Hit): string =>
  `${asset}|${hit.shown?.type ?? 'pattern'}|${valueShown(hit)}`;
const severityOfHit = ({ indicator, shown, confidence }: Hit): Severity =>
  severityOf(indicator.type, shown?.part ?? 'inside', confidence);

/** @param hitsOf what an observation matches, with the indicators of now */
export function intelligenceMatch(
  hitsOf: (observation: Observation) => readonly Hit[],
): Monitor<Configuration> {
  return {
    kind: INTELLIGENCE_RULE,
    title: 'Known from threat intelligence',
    configuration,
    observes: lookedAt,
    keys: (observation) => [...new Set(hitsOf(observation).map((hit) => keyOf(observation.asset, hit)))],
    rememberMs: ({ rememberMs, pauseMs }) => rememberMs + pauseMs,
    judge(course, { pauseMs }, registry) {
      return episodesOf(course, pauseMs).flatMap((episode) => {
        const matched = episode.observations.flatMap((observation) =>
          hitsOf(observation).map((hit) => ({ observation, hit })),
        );
        // Those of this key alone: an observation may show several things that are known.
        const own = matched.filter(({ observation, hit }) => keyOf(observation.asset, hit) === course.name);
        const first = own[0];
        if (first === undefined) return [];
        const best = own.reduce((a, b) => (isMore(b.hit, a.hit) ? b : a));
        const others = new Set(own.map(({ hit }) => `${hit.indicator.source} ${hit.indicator.id}`)).size - 1;
        const seen = [...new Set(own.map(({ observation }) => observation))];
        const { observation, hit } = first;
        const { indicator } = best.hit;
        const ageDays = Math.round((best.observation.observedAt - indicator.validFrom) / DAY_MS);
        return [
          {
            anchor: observation.id,
            at: observation.observedAt,
            severity: severityOfHit(best.hit),
            summary: sentence(best.hit, indicator, ageDays),
            assets: [observation.asset],
            identities: [...new Set(seen.flatMap((one) => identitiesOf(one, registry)))].sort().slice(0, 16),
            observables: { ...whoAndWhence(observation), ...known(hit) },
            facts: {
              indicator: indicator.id,
              source: indicator.source,
              name: indicator.name,
              type: indicator.type,
              value: valueShown(best.hit).slice(0, 512),
              confidence: Math.round(best.hit.confidence),
              ageDays,
              beforeValidity: best.observation.observedAt < indicator.validFrom,
              otherIndicators: others,
              part: best.hit.shown?.part ?? 'inside',
            },
            evidence: evidenceOf(seen, EVIDENCE),
            ...(indicator.tactic === undefined ? {} : { tactic: indicator.tactic }),
            count: Math.max(1, episode.count - episode.observations.length + seen.length),
          },
        ];
      });
    },
    samples: [],
  };
}

const isMore = (one: Hit, other: Hit): boolean =>
  severityRank(severityOfHit(one)) - severityRank(severityOfHit(other)) > 0 ||
  (severityOfHit(one) === severityOfHit(other) && one.confidence > other.confidence);

const words: Readonly<Record<string, string>> = {
  ip: 'The address',
  domain: 'The domain',
  url: 'The web address',
  hash: 'A file with the hash',
  email: 'The e-mail address',
  account: 'The account',
  mac: 'The network card',
  'file-name': 'A file named',
  'user-agent': 'The program',
};

function sentence(hit: Hit, { source, name, confidence }: Indicator, ageDays: number): string {
  const { shown } = hit;
  const what =
    shown === undefined ? 'Something' : `${words[shown.type] ?? 'Something:'} ${shown.value.slice(0, 200)}`;
  const did =
    shown?.part === 'outbound'
      ? ' was contacted'
      : shown?.part === 'inbound'
        ? ' came to us'
        : ' was seen here';
  const age = ageDays < 0 ? `${-ageDays} days before it was listed` : `${ageDays} days old`;
  const left = `${Math.round(hit.confidence)} of ${confidence} % confidence left`;
  return `${what}${did}; ${source} lists it as "${name}" (${age}, ${left})`.replaceAll(/\p{Cc}+/gu, ' ');
}

/** The value itself joins what it is part of elsewhere, under the house's names. */
function known({ shown }: Hit): Record<string, string> {
  const names: Readonly<Record<string, string>> = {
    domain: 'domain',
    hash: 'hash',
    email: 'email',
    mac: 'mac',
    url: 'url',
  };
  const name =
    shown === undefined
      ? undefined
      : shown.type === 'ip' && shown.part === 'outbound'
        ? 'destination-ip'
        : names[shown.type];
  return name === undefined || shown === undefined ? {} : { [name]: shown.value.slice(0, 512) };
}
