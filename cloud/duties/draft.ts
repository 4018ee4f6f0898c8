/** Drafts of what is sent: their fields by stage, filled in from the facts. What nobody knows yet is marked so. Pure. */
import { localText } from '../reports/calendar.ts';
import type { Draft, DraftFields, Statement } from './case.ts';
import { draftFields } from './case.ts';
import type { DutyFacts } from './facts.ts';
import type { Stage } from './regimes.ts';

/** In place of what has to be filled in by a person. */
export const TO_FILL = '[to be filled in]';

export interface Field {
  id: string;
  title: string;
}

const who: readonly Field[] = [
  { id: 'reporter', title: 'Who tells, and whom to ask' },
  { id: 'reference', title: 'Our reference' },
];
const what: readonly Field[] = [
  { id: 'aware', title: 'When we became aware' },
  { id: 'what', title: 'What happened' },
  { id: 'when', title: 'When it happened' },
];
const effect: readonly Field[] = [
  { id: 'services', title: 'Services concerned' },
  { id: 'people', title: 'People concerned' },
];
const measures: Field = { id: 'measures', title: 'Measures taken and under way' };

export const fieldsOf: Readonly<Record<Stage, readonly Field[]>> = {
  'early-warning': [
    ...who,
    ...what,
    { id: 'malicious', title: 'Suspected to be unlawful or malicious' },
    { id: 'cross-border', title: 'Possible effect in other countries' },
    ...effect,
  ],
  notification: [
    ...who,
    ...what,
    { id: 'severity', title: 'First judgement: severity and effect' },
    ...effect,
    { id: 'cross-border', title: 'Effect in other countries' },
    { id: 'indicators', title: 'Indicators of compromise' },
    measures,
  ],
  intermediate: [
    ...who,
    { id: 'aware', title: 'When we became aware' },
    { id: 'state', title: 'How it stands' },
    { id: 'news', title: 'What is new since the last report' },
    ...effect,
    measures,
  ],
  final: [
    ...who,
    ...what,
    { id: 'description', title: 'The incident in detail' },
    { id: 'severity', title: 'Severity and effect' },
    ...effect,
    { id: 'cause', title: 'Kind of threat, or root cause' },
    measures,
    { id: 'cross-border', title: 'Effect in other countries' },
  ],
  authority: [
    ...who,
    ...what,
    { id: 'categories', title: 'Kinds of people and of data, about how many' },
    { id: 'officer', title: 'Data protection officer or other contact' },
    { id: 'consequences', title: 'Likely consequences' },
    measures,
    { id: 'late', title: 'Where it is later than 72 hours: why' },
  ],
  people: [
    { id: 'greeting', title: 'Greeting' },
    { id: 'plain', title: 'What happened, in plain words' },
    { id: 'officer', title: 'Whom to ask' },
    { id: 'consequences', title: 'What may follow for you' },
    { id: 'measures', title: 'What we did' },
    { id: 'advice', title: 'What you can do' },
  ],
};

export interface DraftSource {
  facts: DutyFacts;
  awareness: Statement | undefined;
  organisation: string;
  by: string;
  now: number;
}

/** A first version, out of what is known. */
export function filled(stage: Stage, source: DraftSource): DraftFields {
  const { facts, awareness, organisation, by, now } = source;
  const time = (at: number) => `${localText(at, facts.timeZone)} (${facts.timeZone})`;
  const list = (lines: readonly string[], none: string) =>
    lines.length === 0 ? none : lines.map((line) => `- ${line}`).join('\n');
  const sites = facts.sites.map(({ name }) => name).join(', ');
  const values: Record<string, string> = {
    reporter: `${organisation}, ${by}. Telephone and e-mail: ${TO_FILL}`,
    reference: facts.incident,
    aware: awareness === undefined ? TO_FILL : `${time(awareness.at)}: ${awareness.reason}`,
    what: `${facts.title}. ${facts.worlds.length > 1 ? 'Seen at the site and in the network.' : ''}`.trim(),
    when: `From ${time(facts.first)} to ${time(facts.last)}${facts.state === 'open' || facts.state === 'acknowledged' ? '; not over yet' : ''}`,
    malicious: facts.isSuspectedMalicious
      ? 'Yes: what was seen are steps of an attack.'
      : 'Nothing that was seen so far speaks for it.',
    'cross-border': `Sites: ${sites || TO_FILL}. Other countries: ${TO_FILL}`,
    services: `${list(facts.services, 'No server, shop or payment service is part of it.')}${sites === '' ? '' : `\nSites: ${sites}`}`,
    people: `${facts.people} people known to us and ${facts.accounts} accounts are named in what was seen. Customers concerned: ${TO_FILL}`,
    severity: `${facts.severity}. ${facts.assets.length} assets are part of it:\n${list(facts.assets, '')}`,
    indicators: list([...facts.indicators, ...facts.techniques.map((one) => `ATT&CK ${one}`)], 'None known.'),
    measures: list(facts.measures, TO_FILL),
    state: `The incident is ${facts.state}. Last seen ${time(facts.last)}.`,
    news: TO_FILL,
    description: list(facts.story, TO_FILL),
    cause:
      facts.techniques.length === 0
        ? TO_FILL
        : `ATT&CK: ${facts.techniques.join(', ')}. Root cause: ${TO_FILL}`,
    categories: `${facts.accounts} accounts are named in what was seen. Kinds of people, kinds of data, about how many records: ${TO_FILL}`,
    officer: TO_FILL,
    consequences: TO_FILL,
    late:
      awareness !== undefined && now > awareness.at + 72 * 3_600_000 ? TO_FILL : 'Not later than 72 hours.',
    greeting: 'Dear customer,',
    plain: `On ${localText(facts.first, facts.timeZone).slice(0, 10)} there was a security incident at ${organisation}. ${TO_FILL}`,
    advice: TO_FILL,
  };
  return draftFields.parse(
    Object.fromEntries(fieldsOf[stage].map(({ id }) => [id, (values[id] ?? TO_FILL).slice(0, 8_000)])),
  );
}

/** Fields that a person still has to fill in. */
export const openFields = ({ stage, versions }: Pick<Draft, 'stage' | 'versions'>): string[] => {
  const last = versions.at(-1)?.fields ?? {};
  return fieldsOf[stage].filter(({ id }) => (last[id] ?? TO_FILL).includes(TO_FILL)).map(({ id }) => id);
};
