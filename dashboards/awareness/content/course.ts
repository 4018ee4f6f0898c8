/** What there is to learn, whatever the language: lessons, for whom, and which answers of a quiz are right. */

export const lessonIds = [
  'fake-shops',
  'phishing',
  'safe-payment',
  'parcel-scams',
  'tailgating',
  'counter',
  'cold-chain',
  'robbery',
] as const;
export type LessonId = (typeof lessonIds)[number];

/** `shop`: for customers, and part of what staff learn; `staff`: for people who work in a shop or warehouse. */
export type Audience = 'shop' | 'staff';

export interface Lesson {
  id: LessonId;
  audience: Audience;
  /** To read it and answer its questions. */
  minutes: number;
  /** By question, the place of the right answer. */
  right: readonly number[];
}

/** A newer version asks for the course again: raise it when what is taught has changed, not for a comma. */
export const COURSE_VERSION = 1;

/** Share of right answers that passes a quiz and earns the certificate. */
export const PASS_SHARE = 0.75;

export const lessons: readonly Lesson[] = [
  { id: 'fake-shops', audience: 'shop', minutes: 4, right: [2, 0, 1, 1] },
  { id: 'phishing', audience: 'shop', minutes: 4, right: [1, 2, 0, 2] },
  { id: 'safe-payment', audience: 'shop', minutes: 4, right: [0, 1, 2, 0] },
  { id: 'parcel-scams', audience: 'shop', minutes: 3, right: [2, 1, 0, 1] },
  { id: 'tailgating', audience: 'staff', minutes: 3, right: [1, 0, 2, 0] },
  { id: 'counter', audience: 'staff', minutes: 4, right: [2, 1, 1, 0] },
  { id: 'cold-chain', audience: 'staff', minutes: 4, right: [0, 2, 1, 2] },
  { id: 'robbery', audience: 'staff', minutes: 4, right: [1, 0, 2, 1] },
];

/** One question with three answers, of which one is right (`Lesson.right`). */
export interface QuestionText {
  ask: string;
  answers: readonly [string, string, string];
  because: string;
}

/** A lesson in words. */
export interface LessonText {
  title: string;
  summary: string;
  /** What the drawing shows, for people who can't see it. */
  picture: string;
  sections: readonly { heading: string; text: string; points: readonly string[] }[];
  attempt: { situation: string; answer: string };
  takeaways: readonly string[];
  questions: readonly [QuestionText, QuestionText, QuestionText, QuestionText];
}

export type LessonTexts = Readonly<Record<LessonId, LessonText>>;
