/** What is shown in the game, whatever the language: what kind it is, and where one could have seen it. */
import type { LessonId } from '../content/course.ts';

/** The parts of each mock-up, in the order in which they are read. */
export const mediumParts = {
  mail: ['from', 'subject', 'body', 'link', 'footer'],
  sms: ['from', 'body', 'link'],
  shop: ['address', 'offer', 'price', 'payment', 'imprint'],
  payment: ['address', 'merchant', 'amount', 'note'],
  notice: ['from', 'body', 'link'],
  call: ['from', 'body', 'ask'],
} as const;
export type Medium = keyof typeof mediumParts;
export type Part = (typeof mediumParts)[Medium][number];

export const scamKinds = [
  'phishing',
  'smishing',
  'fake-shop',
  'advance-payment',
  'parcel-scam',
  'tech-support',
  'false-boss',
] as const;
export type ScamKind = (typeof scamKinds)[number];

export interface Item {
  id: ItemId;
  medium: Medium;
  /** Undefined: genuine. */
  kind?: ScamKind;
  /** Suspicious parts; none where it is genuine. */
  clues: readonly Part[];
  lesson: LessonId;
}

export const itemIds = [
  'bank-mail',
  'mailbox-full',
  'boss-cards',
  'new-account',
  'child-phone',
  'parcel-fee',
  'parcel-app',
  'bank-device',
  'parking-fine',
  'shoe-shop',
  'pills-shop',
  'lookalike',
  'pellets',
  'buyer-link',
  'other-amount',
  'till-call',
  'virus-window',
  'paper-notice',
  'inheritance',
  'bank-call',
  'order-mail',
  'bank-letter',
  'parcel-day',
  'ready-to-fetch',
  'reset-asked-for',
  'voucher',
  'small-shop',
  'true-pharmacy',
  'right-amount',
  'true-notice',
  'practice-call',
  'boss-cake',
  'recall',
] as const;
export type ItemId = (typeof itemIds)[number];

/** An item in words. `why` says of each suspicious part what is wrong with it. */
export interface ItemText {
  scene: string;
  parts: Readonly<Partial<Record<Part, string>>>;
  why: Readonly<Partial<Record<Part, string>>>;
  /** Why it is what it is, and two reasons that sound good and are none. */
  reason: string;
  others: readonly [string, string];
  teach: string;
}
export type ItemTexts = Readonly<Record<ItemId, ItemText>>;

export const items: readonly Item[] = [
  { id: 'bank-mail', medium: 'mail', kind: 'phishing', clues: ['from', 'body', 'link'], lesson: 'phishing' },
  { id: 'mailbox-full', medium: 'mail', kind: 'phishing', clues: ['from', 'link'], lesson: 'phishing' },
  { id: 'boss-cards', medium: 'mail', kind: 'false-boss', clues: ['from', 'body'], lesson: 'counter' },
  { id: 'new-account', medium: 'mail', kind: 'false-boss', clues: ['from', 'body'], lesson: 'counter' },
  { id: 'child-phone', medium: 'sms', kind: 'advance-payment', clues: ['from', 'body'], lesson: 'phishing' },
  { id: 'parcel-fee', medium: 'sms', kind: 'parcel-scam', clues: ['body', 'link'], lesson: 'parcel-scams' },
  { id: 'parcel-app', medium: 'sms', kind: 'parcel-scam', clues: ['body', 'link'], lesson: 'parcel-scams' },
  { id: 'bank-device', medium: 'sms', kind: 'smishing', clues: ['body', 'link'], lesson: 'phishing' },
  { id: 'parking-fine', medium: 'sms', kind: 'smishing', clues: ['from', 'link'], lesson: 'phishing' },
  {
    id: 'shoe-shop',
    medium: 'shop',
    kind: 'fake-shop',
    clues: ['address', 'price', 'payment', 'imprint'],
    lesson: 'fake-shops',
  },
  { id: 'pills-shop', medium: 'shop', kind: 'fake-shop', clues: ['offer', 'imprint'], lesson: 'fake-shops' },
  { id: 'lookalike', medium: 'shop', kind: 'fake-shop', clues: ['address', 'payment'], lesson: 'fake-shops' },
  { id: 'pellets', medium: 'shop', kind: 'fake-shop', clues: ['price', 'payment'], lesson: 'fake-shops' },
  {
    id: 'buyer-link',
    medium: 'payment',
    kind: 'phishing',
    clues: ['address', 'note'],
    lesson: 'safe-payment',
  },
  {
    id: 'other-amount',
    medium: 'payment',
    kind: 'fake-shop',
    clues: ['merchant', 'amount'],
    lesson: 'safe-payment',
  },
  { id: 'till-call', medium: 'call', kind: 'tech-support', clues: ['from', 'ask'], lesson: 'counter' },
  { id: 'virus-window', medium: 'notice', kind: 'tech-support', clues: ['body', 'link'], lesson: 'counter' },
  {
    id: 'paper-notice',
    medium: 'notice',
    kind: 'parcel-scam',
    clues: ['from', 'link'],
    lesson: 'parcel-scams',
  },
  { id: 'inheritance', medium: 'mail', kind: 'advance-payment', clues: ['from', 'body'], lesson: 'phishing' },
  { id: 'bank-call', medium: 'call', kind: 'phishing', clues: ['body', 'ask'], lesson: 'phishing' },
  { id: 'order-mail', medium: 'mail', clues: [], lesson: 'phishing' },
  { id: 'bank-letter', medium: 'mail', clues: [], lesson: 'phishing' },
  { id: 'parcel-day', medium: 'sms', clues: [], lesson: 'parcel-scams' },
  { id: 'ready-to-fetch', medium: 'sms', clues: [], lesson: 'phishing' },
  { id: 'reset-asked-for', medium: 'mail', clues: [], lesson: 'phishing' },
  { id: 'voucher', medium: 'mail', clues: [], lesson: 'phishing' },
  { id: 'small-shop', medium: 'shop', clues: [], lesson: 'fake-shops' },
  { id: 'true-pharmacy', medium: 'shop', clues: [], lesson: 'fake-shops' },
  { id: 'right-amount', medium: 'payment', clues: [], lesson: 'safe-payment' },
  { id: 'true-notice', medium: 'notice', clues: [], lesson: 'parcel-scams' },
  { id: 'practice-call', medium: 'call', clues: [], lesson: 'counter' },
  { id: 'boss-cake', medium: 'mail', clues: [], lesson: 'counter' },
  { id: 'recall', medium: 'mail', clues: [], lesson: 'phishing' },
];
