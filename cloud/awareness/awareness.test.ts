import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import type { AuditEntry, DocumentWrite, StoredDocument } from '../store/store.ts';
import { Awareness, type AwarenessParts } from './awareness.ts';
import { draftFor, harmIn, helpsAttacker } from './campaign.ts';
import { factsOf, fitsName, markOf, numberOf } from './certificate.ts';
import { certificatePdf, isPrintable } from './certificate-pdf.ts';
import { awarenessSettings } from './configuration.ts';
import { type Course, shareOf, TEST_HOLDS_MS, testFrom, testOf, testToken } from './course.ts';
import { preferred } from './pages.ts';

const DAY_MS = 24 * 3_600_000;
const key = Buffer.alloc(32, 7);
const other = Buffer.alloc(32, 8);
const lesson = (id: string, audience: 'shop' | 'staff') => ({
  id,
  audience,
  right: [0, 1, 2, 1],
  title: { en: id },
});
const course: Course = {
  version: 1,
  passShare: 0.75,
  languages: ['en', 'de'],
  lessons: [
    ...['fake-shops', 'phishing', 'safe-payment', 'parcel-scams'].map((id) => lesson(id, 'shop')),
    ...['tailgating', 'counter', 'cold-chain', 'robbery'].map((id) => lesson(id, 'staff')),
  ],
};

const made = fc.record({
  course: fc.constantFrom('shop' as const, 'staff' as const),
  day: fc.integer({ min: 0, max: 65_535 }),
  percent: fc.integer({ min: 0, max: 100 }),
  salt: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  nameMark: fc.uint8Array({ minLength: 4, maxLength: 4 }),
});

test('a number says what was put into it, however it is typed', () => {
  fc.assert(
    fc.property(made, (facts) => {
      const number = numberOf(key, facts);
      const typed = number.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
      const read = factsOf(key, typed);
      expect(read).toMatchObject({ course: facts.course, day: facts.day, percent: facts.percent });
      expect(Buffer.from(read?.salt ?? [])).toEqual(Buffer.from(facts.salt));
      expect(factsOf(other, number)).toBeUndefined();
    }),
  );
});

test('a number with one letter changed is no number, and any text is none without failing', () => {
  const number = numberOf(key, {
    course: 'shop',
    day: 20_780,
    percent: 88,
    salt: Buffer.alloc(4, 1),
    nameMark: Buffer.alloc(4, 2),
  });
  const letters = [...number];
  letters.forEach((letter, index) => {
    if (letter === '-') return;
    const changed = letters.with(index, letter === 'A' ? 'B' : 'A').join('');
    expect(factsOf(key, changed)).toBeUndefined();
  });
  fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => factsOf(key, text) === undefined));
});

test('a certificate fits its name and no other', () => {
  const salt = Buffer.alloc(4, 9);
  const facts = {
    course: 'staff' as const,
    day: 1,
    percent: 90,
    salt,
    nameMark: markOf(key, salt, 'Anna Weber'),
  };
  expect(fitsName(key, facts, '  anna   WEBER ')).toBe(true);
  expect(fitsName(key, facts, 'Anna Webers')).toBe(false);
});

test('the certificate is a PDF that other programs read', async () => {
  const salt = Buffer.alloc(4, 3);
  const facts = { course: 'shop' as const, day: 20_780, percent: 94, salt, nameMark: markOf(key, salt, 'x') };
  const number = numberOf(key, facts);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-certificate-'));
  try {
    const file = join(folder, 'certificate.pdf');
    const bytes = await certificatePdf(facts, {
      name: 'Jürgen Müller-Öztürk',
      number,
      language: 'de',
      checkAddress: 'https://shop.example/learn/de/check/',
    });
    writeFileSync(file, bytes);
    const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
    expect(text).toContain('Jürgen Müller-Öztürk');
    expect(text).toContain('Sicher einkaufen');
    expect(text).toContain('94 %');
    expect(text).toContain(number);
    expect(text).toContain('23. November 2026');
    execFileSync('pdftoppm', ['-r', '40', '-png', file, join(folder, 'page')]);
    const pages = execFileSync('ls', [folder], { encoding: 'utf8' }).match(/page.*\.png/g);
    expect(pages).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('names that the fonts can not write are told apart before', () => {
  expect(isPrintable('Zoë Ångström')).toBe(true);
  expect(isPrintable('Łukasz')).toBe(false);
  expect(isPrintable('Анна')).toBe(false);
});

test('a test asks of every lesson alike, is the same for the same seed, and holds for an hour', () => {
  const drawn = testOf(course, 'shop', 'seed', key);
  expect(testOf(course, 'shop', 'seed', key)).toEqual(drawn);
  expect(drawn).toHaveLength(16);
  const forStaff = testOf(course, 'staff', 'seed', key);
  expect(course.lessons.map(({ id }) => forStaff.filter((one) => one.lesson === id).length)).toEqual(
    Array(8).fill(2),
  );
  const token = testToken(key, 'staff', 'abc', 1_000);
  expect(testFrom(key, token, 2_000)).toEqual({ name: 'staff', seed: 'abc' });
  expect(testFrom(key, token, 1_001 + TEST_HOLDS_MS)).toBeUndefined();
  expect(testFrom(other, token, 2_000)).toBeUndefined();
  expect(testFrom(key, token.replace('staff', 'shop'), 2_000)).toBeUndefined();
});

test('what was not answered is wrong', () => {
  expect(shareOf([0, 1, 2, 1], [0, 1])).toBe(0.5);
  expect(shareOf([0, 1], [0, 1, 5, 6])).toBe(1);
});

test('an incident gives cause for a warning by what it was about, and names a town at most', () => {
  const city = (site: string) => ({ linden: 'Lindau', north: 'Bremen' })[site];
  const courier = draftFor({ rules: ['handover-refused', 'forced-open'], sites: ['linden'] }, city);
  expect(courier).toMatchObject({ theme: 'false-courier', city: 'Lindau', lesson: 'parcel-scams' });
  expect(courier?.text.en).toContain('seen in Lindau.');
  expect(courier?.text.de).toContain('gesehen in Lindau.');
  const two = draftFor({ rules: ['handover-refused'], sites: ['linden', 'north'] }, city);
  expect(two?.city).toBeUndefined();
  expect(two?.text.en).toContain('seen. Hand out');
  expect(draftFor({ rules: ['account-takeover'], sites: [] }, city)?.theme).toBe('stolen-passwords');
  expect(
    draftFor({ rules: ['checkout-price-changed', 'payment-not-authorised'], sites: [] }, city)?.lesson,
  ).toBe('safe-payment');
});

test('a forced door, a robbery or a fridge is no business of the public', () => {
  const none = (rule: string) => draftFor({ rules: [rule], sites: ['linden'] }, () => 'Lindau');
  expect(['forced-open', 'duress', 'cold-chain-excursion', 'held-open'].map(none)).toEqual(
    Array(4).fill(undefined),
  );
});

test('nothing is said while it helps whoever is at it', () => {
  expect((['open', 'acknowledged', 'contained', 'resolved'] as const).map(helpsAttacker)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a public text holds no name, street, link, telephone or long number', () => {
  const names = ['Anna Weber', 'Linden Pharmacy'];
  expect(harmIn('A false courier calls himself Anna  Weber.', names)).toBe('name');
  expect(harmIn('Seen at linden-pharmacy again.', names)).toBe('name');
  expect(harmIn('Seen in Lindenstraße 4.', names)).toBe('address');
  expect(harmIn('Seen at 12 Mill Road.', names)).toBe('address');
  expect(harmIn('Look at https://x.example.', names)).toBe('link');
  expect(harmIn('Call 030 1234567 for more.', names)).toBe('telephone');
  expect(harmIn('The number is 88123.', names)).toBe('number');
  for (const rule of [
    'handover-refused',
    'shipped-to-changed-address',
    'payment-not-authorised',
    'account-takeover',
  ])
    for (const text of Object.values(draftFor({ rules: [rule], sites: ['a'] }, () => 'Lindau')?.text ?? {}))
      expect(harmIn(text, names)).toBeUndefined();
});

test('a reader is led to the first of their languages that there is', () => {
  expect(preferred('nl-NL,de-DE;q=0.8,en;q=0.5')).toBe('de');
  expect(preferred(undefined)).toBe('en');
  expect(preferred('xx, ../../etc')).toBe('en');
});

/** Documents in memory, with what was written to the audit trail. */
function memory() {
  const documents = new Map<string, StoredDocument>();
  const audited: AuditEntry[] = [];
  const store: AwarenessParts['store'] = {
    document: (kind, id) => documents.get(`${kind}/${id}`),
    documents: (kind) => [...documents.values()].filter((one) => one.kind === kind),
    async putDocuments(writes: readonly DocumentWrite[], audit) {
      for (const { kind, id, value } of writes)
        if (value === undefined) documents.delete(`${kind}/${id}`);
        else
          documents.set(`${kind}/${id}`, { kind, id, revision: 1, value: JSON.parse(JSON.stringify(value)) });
      if (audit !== undefined) audited.push(...[audit].flat());
    },
    incidents: () => [],
    incident: () => undefined,
    handling: () => undefined,
    currentIncident: (id) => id,
    detection: () => undefined,
  };
  return { store, audited, documents };
}

const opened = () => {
  const kept = memory();
  const clock = manualClock(Date.UTC(2026, 10, 23));
  const registry = registryOf(registryDocument.parse({ sites: [] }));
  const settings = awarenessSettings.parse({ retentionDays: 30, invitationDays: 10 });
  const parts = { ...kept, clock, registry, settings, folder: '/nowhere' };
  return { ...parts, awareness: new Awareness(parts, key), again: () => new Awareness(parts, key) };
};
const audit = (action: string): AuditEntry => ({ at: 1, by: 'ines', from: 'test', action, about: '' });

test('an invitation opens what is its own, also after a restart, and not for ever', async () => {
  const { awareness, again, clock, documents } = opened();
  const invited = await awareness.invite({ name: 'Tom Feld' }, audit('awareness.invite'));
  expect(awareness.byInvitation(invited?.token ?? '')?.name).toBe('Tom Feld');
  expect(again().byInvitation(invited?.token ?? '')?.name).toBe('Tom Feld');
  expect(awareness.byInvitation('A'.repeat(32))).toBeUndefined();
  expect(JSON.stringify([...documents.values()])).not.toContain(invited?.token);
  clock.advance(11 * DAY_MS);
  expect(awareness.byInvitation(invited?.token ?? '')).toBeUndefined();
});

test('a passed lesson is noted as done, without its answers; a failed one is not', async () => {
  const { awareness, documents, audited } = opened();
  const tom = (await awareness.invite({ name: 'Tom Feld' }, audit('awareness.invite')))?.learner;
  expect(await awareness.done(tom, [0, 1, 2, 1], 'phishing', [2, 2, 2, 2], 0.75)).toEqual({
    passed: false,
    recorded: false,
  });
  expect(await awareness.done(tom, [0, 1, 2, 1], 'phishing', [0, 1, 2, 0], 0.75)).toEqual({
    passed: true,
    recorded: true,
  });
  expect(awareness.learners()[0]?.done.map((one) => one.lesson)).toEqual(['phishing']);
  expect(JSON.stringify([...documents.values()])).not.toContain('answers');
  expect(audited.map(({ action }) => action)).toEqual(['awareness.invite', 'awareness.lesson-done']);
});

test('what is noted of staff is deleted when its time is over', async () => {
  const { awareness, clock, audited } = opened();
  const tom = (await awareness.invite({ name: 'Tom Feld' }, audit('awareness.invite')))?.learner;
  await awareness.done(tom, [0], 'phishing', [0], 0.75);
  clock.advance(29 * DAY_MS);
  await awareness.sweep();
  expect(awareness.learners()).toHaveLength(1);
  clock.advance(2 * DAY_MS);
  await awareness.sweep();
  expect(awareness.learners()).toEqual([]);
  expect(audited.at(-1)).toMatchObject({ action: 'awareness.retention', about: '1 learners' });
});

test('a warning ends by itself', async () => {
  const { awareness, clock } = opened();
  const now = clock.now();
  await awareness.put(
    {
      id: 'w-1',
      state: 'public',
      theme: 'false-courier',
      lesson: 'parcel-scams',
      text: { en: 'Look out.' },
      site: ['linden'],
      madeAt: now,
      madeBy: 'ines',
      from: now,
      until: now + DAY_MS,
    },
    audit('awareness.approve'),
  );
  expect(awareness.published()).toHaveLength(1);
  clock.advance(DAY_MS);
  expect(awareness.published()).toEqual([]);
  expect(awareness.campaign('w-1')?.state).toBe('ended');
});

test('a test that is passed gives a number for its name, and the PDF for no other', async () => {
  const { awareness } = opened();
  const { test: token, questions } = awareness.paper(course, 'shop');
  const right = questions.map(
    ({ lesson: id, question }) => course.lessons.find((one) => one.id === id)?.right[question] ?? -1,
  );
  const wrong = right.map((one, index) => (index < 5 ? one + 1 : one));
  expect(awareness.grade(course, { test: token, answers: wrong, name: 'Anna' })).toMatchObject({
    passed: false,
    wrong: [0, 1, 2, 3, 4],
  });
  const graded = awareness.grade(course, { test: token, answers: right, name: 'Anna' });
  expect(graded).toMatchObject({ passed: true, share: 1 });
  expect(await awareness.pdf(graded?.number ?? '', 'Berta', 'en')).toBeUndefined();
  expect((await awareness.pdf(graded?.number ?? '', 'Anna', 'en'))?.length).toBeGreaterThan(1_000);
  expect(awareness.grade(course, { test: `${token}x`, answers: right, name: 'Anna' })).toBeUndefined();
});
