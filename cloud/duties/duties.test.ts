import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CAP_NAMESPACE, type CapRequest, capRequest, capTime, capXml } from './cap.ts';
import { clockInputOf, clocksOfCase, emptyCase } from './case.ts';
import { type Answer, outcomeOf, questions } from './decision.ts';
import { type ClockInput, clocksOf, regimes } from './regimes.ts';

const at = (text: string): number => Date.parse(text);
const HOUR = 3_600_000;
const aware = at('2026-01-31T10:30:00Z');
const input: ClockInput = {
  awareAt: aware,
  duties: { nis2: 'authority', gdpr: 'authority-and-people' },
  sentAt: {},
  requestedAt: undefined,
  timeZone: 'Europe/Berlin',
};
const stateOf = (of: ClockInput, now: number) =>
  Object.fromEntries(clocksOf(of, now).map(({ stage, state }) => [stage, state]));

describe('the clocks of the law', () => {
  test('nothing runs before somebody became aware', () => {
    const states = clocksOf({ ...input, awareAt: undefined }, aware);
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['waiting']));
    expect(states.every(({ dueAt }) => dueAt === undefined)).toBe(true);
  });

  test('24 hours, 72 hours, a month after the notification was sent: on the last of a shorter month', () => {
    const due = (of: ClockInput) => new Map(clocksOf(of, aware).map(({ stage, dueAt }) => [stage, dueAt]));
    expect(due(input).get('early-warning')).toBe(aware + 24 * HOUR);
    expect(due(input).get('notification')).toBe(aware + 72 * HOUR);
    expect(due(input).get('authority')).toBe(aware + 72 * HOUR);
    expect(due(input).get('people')).toBeUndefined();
    const sent = { ...input, sentAt: { notification: at('2026-01-31T20:00:00Z') } };
    expect(due(sent).get('final')).toBe(at('2026-02-28T20:00:00Z'));
    // Summer time begins on the way: the same time of day.
    const spring = { ...input, sentAt: { notification: at('2026-03-10T09:00:00Z') } };
    expect(due(spring).get('final')).toBe(at('2026-04-10T08:00:00Z'));
  });

  test('what is late is overdue until it is sent, and late for ever after', () => {
    expect(stateOf(input, aware + 24 * HOUR)['early-warning']).toBe('running');
    expect(stateOf(input, aware + 24 * HOUR + 1)['early-warning']).toBe('overdue');
    const sent = { ...input, sentAt: { 'early-warning': aware + 25 * HOUR } };
    expect(stateOf(sent, aware + 30 * HOUR)['early-warning']).toBe('late');
    expect(stateOf({ ...input, sentAt: { 'early-warning': aware + HOUR } }, aware)['early-warning']).toBe(
      'done',
    );
  });

  test('it runs while nobody has decided, and stops where nothing has to be told', () => {
    const open = { ...input, duties: { nis2: 'open', gdpr: 'none' } } as const;
    expect(stateOf(open, aware + HOUR)).toEqual({
      'early-warning': 'undecided',
      notification: 'undecided',
      final: 'undecided',
      authority: 'not-due',
      people: 'not-due',
    });
    expect(stateOf(open, aware + 80 * HOUR).notification).toBe('overdue');
  });

  test('an intermediate report is there once it is asked for, and again when it is asked for again', () => {
    const asked = { at: aware + HOUR, by: 'authority', text: 'how does it stand?' };
    const draft = {
      id: 'd',
      stage: 'intermediate' as const,
      createdAt: aware,
      versions: [{ at: aware, by: 'x', fields: {} }],
      sent: {
        at: aware + 2 * HOUR,
        by: 'x',
        saidAt: aware,
        version: 1,
        channel: 'portal',
        proof: 'x',
        sha256: '0'.repeat(64),
      },
    };
    const of = { ...emptyCase('i'), awareness: [{ at: aware, saidAt: aware, by: 'x', reason: 'told' }] };
    const stateIn = (more: object) =>
      clocksOfCase({ ...of, ...more }, 'UTC', aware + 5 * HOUR).find(({ stage }) => stage === 'intermediate')
        ?.state;
    expect(stateIn({})).toBeUndefined();
    expect(stateIn({ requests: [asked] })).toBe('undecided');
    expect(stateIn({ requests: [asked], drafts: [draft] })).toBe('done');
    expect(stateIn({ requests: [asked, { ...asked, at: aware + 3 * HOUR }], drafts: [draft] })).toBe(
      'undecided',
    );
  });

  test('the last word on awareness holds, the first stays', () => {
    const of = {
      ...emptyCase('i'),
      awareness: [aware, aware - HOUR].map((moment) => ({
        at: moment,
        saidAt: aware,
        by: 'x',
        reason: 'because',
      })),
    };
    expect(clockInputOf(of, 'UTC').awareAt).toBe(aware - HOUR);
    expect(of.awareness).toHaveLength(2);
  });
});

describe('the questions', () => {
  const said = (...pairs: [string, 'yes' | 'no'][]): Answer[] =>
    pairs.map(([question, answer]) => ({ question, answer, reason: 'because' }));
  test.each([
    ['nis2', said(['in-scope', 'no']), 'none'],
    ['nis2', said(['in-scope', 'yes']), 'open'],
    ['nis2', said(['in-scope', 'yes'], ['disruption', 'yes']), 'authority'],
    ['nis2', said(['in-scope', 'yes'], ['disruption', 'no'], ['damage', 'yes']), 'authority'],
    ['nis2', said(['in-scope', 'yes'], ['disruption', 'no'], ['damage', 'no']), 'none'],
    ['gdpr', said(['personal-data', 'no']), 'none'],
    ['gdpr', said(['personal-data', 'yes'], ['breach', 'yes'], ['risk', 'no']), 'none'],
    [
      'gdpr',
      said(['personal-data', 'yes'], ['breach', 'yes'], ['risk', 'yes'], ['high-risk', 'no']),
      'authority',
    ],
    [
      'gdpr',
      said(
        ['personal-data', 'yes'],
        ['breach', 'yes'],
        ['risk', 'yes'],
        ['high-risk', 'yes'],
        ['exempt', 'no'],
      ),
      'authority-and-people',
    ],
    [
      'gdpr',
      said(
        ['personal-data', 'yes'],
        ['breach', 'yes'],
        ['risk', 'yes'],
        ['high-risk', 'yes'],
        ['exempt', 'yes'],
      ),
      'authority',
    ],
  ] as const)('%s %j: %s', (regime, answers, duty) => {
    expect(outcomeOf(regime, answers).duty).toBe(duty);
  });

  test('any answers lead to an end or to a question that there is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...regimes),
        fc.array(
          fc.record({
            question: fc.constantFrom(
              'in-scope',
              'disruption',
              'damage',
              'personal-data',
              'breach',
              'risk',
              'high-risk',
              'exempt',
            ),
            answer: fc.constantFrom('yes' as const, 'no' as const),
            reason: fc.constant('why'),
          }),
        ),
        (regime, answers) => {
          const { duty, next, asked } = outcomeOf(regime, answers);
          expect(duty === 'open').toBe(next !== undefined);
          const ids = questions[regime].map(({ id }) => id);
          for (const id of [...asked, ...(next === undefined ? [] : [next])]) expect(ids).toContain(id);
          expect(new Set(asked).size).toBe(asked.length);
        },
      ),
    );
  });
});

/** The order that the schema of CAP 1.2 gives its elements, and its words: written down from the standard (3.2). */
const order = {
  alert: [
    'identifier',
    'sender',
    'sent',
    'status',
    'msgType',
    'source',
    'scope',
    'restriction',
    'addresses',
    'code',
    'note',
    'references',
    'incidents',
    'info',
  ],
  info: [
    'language',
    'category',
    'event',
    'responseType',
    'urgency',
    'severity',
    'certainty',
    'audience',
    'eventCode',
    'effective',
    'onset',
    'expires',
    'senderName',
    'headline',
    'description',
    'instruction',
    'web',
    'contact',
    'parameter',
    'resource',
    'area',
  ],
  area: ['areaDesc', 'polygon', 'circle', 'geocode', 'altitude', 'ceiling'],
};
const demanded = {
  alert: ['identifier', 'sender', 'sent', 'status', 'msgType', 'scope'],
  info: ['category', 'event', 'urgency', 'severity', 'certainty'],
  area: ['areaDesc'],
};
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d$/;

interface Element {
  name: string;
  text: string;
  children: Element[];
}

/** Reads well-formed XML without attributes but the name space. @throws Error */
function readXml(xml: string): Element {
  const root: Element = { name: '', text: '', children: [] };
  const stack = [root];
  for (const [, close, name = '', attributes = '', text] of xml
    .replace('<?xml version="1.0" encoding="UTF-8"?>', '')
    .matchAll(/<(\/?)([A-Za-z]+)([^<>]*)>|([^<]+)/g)) {
    const top = stack.at(-1);
    if (top === undefined) throw new Error('too many ends');
    if (text !== undefined) {
      if (/&(?!(amp|lt|gt|quot|apos);)|>/.test(text)) throw new Error(`not escaped: ${text}`);
      top.text += text
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&');
    } else if (close === '/') {
      if (top.name !== name) throw new Error(`${name} ends ${top.name}`);
      stack.pop();
    } else {
      if (attributes !== '' && attributes !== ` xmlns="${CAP_NAMESPACE}"`) throw new Error(attributes);
      const child = { name, text: '', children: [] };
      top.children.push(child);
      stack.push(child);
    }
  }
  const [only] = root.children;
  if (stack.length !== 1 || only === undefined) throw new Error('not ended');
  return only;
}

function complaintsOf(element: Element): string[] {
  if (!(element.name in order)) return [];
  const name = element.name as keyof typeof order;
  const places = element.children.map((child) => order[name].indexOf(child.name));
  return [
    ...(places.includes(-1) ? [`${name}: unknown element`] : []),
    ...(places.some((place, index) => index > 0 && place < (places[index - 1] ?? 0))
      ? [`${name}: order`]
      : []),
    ...demanded[name]
      .filter((wanted) => !element.children.some((child) => child.name === wanted))
      .map((wanted) => `${name}: no ${wanted}`),
    ...element.children
      .filter((child) => ['sent', 'effective', 'expires'].includes(child.name) && !time.test(child.text))
      .map((child) => `${child.name}: ${child.text}`),
    ...element.children.flatMap(complaintsOf),
  ];
}

describe('a public warning', () => {
  const request: CapRequest = {
    status: 'Exercise',
    msgType: 'Alert',
    language: 'en',
    category: 'Security',
    event: 'Fake courier <b>',
    urgency: 'Immediate',
    severity: 'Moderate',
    certainty: 'Likely',
    headline: 'Fake courier in the city & around',
    description: 'Somebody collects "parcels"',
    areaDesc: 'Leipzig',
    circle: { latitude: 51.34, longitude: 12.37, radiusKm: 10 },
    expiresAt: at('2026-07-02T10:00:00Z'),
  };
  const head = {
    identifier: 'a b,c<d&e',
    sender: 'Linden Group',
    senderName: 'Linden Group',
    sentAt: at('2026-07-01T10:00:00.500Z'),
    timeZone: 'Europe/Berlin',
    incident: 'incident 1',
  };
  test('has the elements of CAP 1.2 in their order', () => {
    const alert = readXml(capXml(request, head));
    expect(complaintsOf(alert)).toEqual([]);
    expect(alert.children.find(({ name }) => name === 'sent')?.text).toBe('2026-07-01T12:00:00+02:00');
    expect(alert.children.find(({ name }) => name === 'identifier')?.text).toBe('a-b-c-d-e');
  });
  test('UTC is written as -00:00: the standard knows no Z', () => {
    expect(capTime(0, 'UTC')).toBe('1970-01-01T00:00:00-00:00');
    expect(capTime(at('2026-01-01T00:00:00Z'), 'America/St_Johns')).toBe('2025-12-31T20:30:00-03:30');
  });
  test('any words come back as they were written', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 160, unit: 'binary' }), (text) => {
        const checked = capRequest.safeParse({ ...request, headline: text });
        if (!checked.success) return;
        const alert = readXml(capXml(checked.data, head));
        expect(complaintsOf(alert)).toEqual([]);
        const info = alert.children.find(({ name }) => name === 'info');
        const told = info?.children.find(({ name }) => name === 'headline')?.text;
        expect(told).toBe(text.replaceAll(/\p{Cs}|[\ufffe\uffff]/gu, '\ufffd'));
      }),
      { numRuns: 30 },
    );
  });
});
