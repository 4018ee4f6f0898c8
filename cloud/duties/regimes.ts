/** The two laws that demand that somebody outside is told, their stages and their times. Pure. */
import { aMonthAfter } from '../reports/calendar.ts';

export const regimes = ['nis2', 'gdpr'] as const;
export type Regime = (typeof regimes)[number];

export const stages = [
  'early-warning',
  'notification',
  'intermediate',
  'final',
  'authority',
  'people',
] as const;
export type Stage = (typeof stages)[number];

const HOUR_MS = 3_600_000;

interface StageTerms {
  stage: Stage;
  regime: Regime;
  title: string;
  /** Where the law says so. */
  section: string;
  /** To whom. */
  to: string;
}

export const stageTerms: readonly StageTerms[] = [
  {
    stage: 'early-warning',
    regime: 'nis2',
    title: 'Early warning',
    section: 'NIS2 Art. 23(4)(a), 24 hours',
    to: 'CSIRT or competent authority',
  },
  {
    stage: 'notification',
    regime: 'nis2',
    title: 'Incident notification',
    section: 'NIS2 Art. 23(4)(b), 72 hours',
    to: 'CSIRT or competent authority',
  },
  {
    stage: 'intermediate',
    regime: 'nis2',
    title: 'Intermediate report',
    section: 'NIS2 Art. 23(4)(c), on request',
    to: 'CSIRT or competent authority',
  },
  {
    stage: 'final',
    regime: 'nis2',
    title: 'Final report',
    section: 'NIS2 Art. 23(4)(d), one month after the notification',
    to: 'CSIRT or competent authority',
  },
  {
    stage: 'authority',
    regime: 'gdpr',
    title: 'Notification of the data breach',
    section: 'GDPR Art. 33, 72 hours',
    to: 'Supervisory authority for data protection',
  },
  {
    stage: 'people',
    regime: 'gdpr',
    title: 'Message to the people concerned',
    section: 'GDPR Art. 34, without undue delay',
    to: 'The people concerned',
  },
];

export const termsOf = (stage: Stage): StageTerms =>
  stageTerms.find((one) => one.stage === stage) ?? fail(stage);

const fail = (stage: string): never => {
  throw new RangeError(`there is no stage ${stage}`);
};

/** What a law asks for, after the questions: nothing yet where they are open. */
export type Duty = 'open' | 'none' | 'authority' | 'authority-and-people';

export interface ClockInput {
  /** When we became aware; nothing runs before. */
  awareAt: number | undefined;
  duties: Readonly<Record<Regime, Duty>>;
  /** When each stage was sent, the first time. */
  sentAt: Readonly<Partial<Record<Stage, number>>>;
  /** When the authority asked for an intermediate report. */
  requestedAt: number | undefined;
  timeZone: string;
}

/**
 * `waiting`: nobody has said when we became aware. `undecided`: it runs, and nobody has said yet whether it must be.
 * `not-due`: the law does not ask for it.
 */
export type ClockState = 'waiting' | 'undecided' | 'running' | 'overdue' | 'done' | 'late' | 'not-due';

export interface DutyClock {
  stage: Stage;
  regime: Regime;
  title: string;
  section: string;
  to: string;
  state: ClockState;
  startsAt?: number;
  dueAt?: number;
  sentAt?: number;
}

/**
 * Every clock of an incident. Hours are counted from the moment itself, the stricter reading; a month ends on the same
 * day of the next one (Regulation 1182/71 Art. 3). A stage that is undecided runs as if it had to be.
 */
export function clocksOf(input: ClockInput, now: number): DutyClock[] {
  return stageTerms.flatMap((terms): DutyClock[] => {
    const { stage, regime } = terms;
    const duty = input.duties[regime];
    const sentAt = input.sentAt[stage];
    if (stage === 'intermediate' && input.requestedAt === undefined && sentAt === undefined) return [];
    const isAsked =
      stage === 'people'
        ? duty === 'authority-and-people'
        : duty === 'authority' || duty === 'authority-and-people';
    const times = timesOf(stage, input);
    const base = { ...terms, ...times, ...(sentAt === undefined ? {} : { sentAt }) };
    if (sentAt !== undefined)
      return [{ ...base, state: times?.dueAt !== undefined && sentAt > times.dueAt ? 'late' : 'done' }];
    if (input.awareAt === undefined) return [{ ...terms, state: 'waiting' }];
    if (duty !== 'open' && !isAsked) return [{ ...terms, state: 'not-due' }];
    if (times?.dueAt !== undefined && now > times.dueAt) return [{ ...base, state: 'overdue' }];
    // Nobody is told before it is known that they must be.
    if (duty === 'open') return [{ ...base, state: 'undecided' }];
    return [{ ...base, state: 'running' }];
  });
}

function timesOf(
  stage: Stage,
  { awareAt, sentAt, requestedAt, timeZone }: ClockInput,
): { startsAt: number; dueAt?: number } | undefined {
  if (awareAt === undefined) return undefined;
  switch (stage) {
    case 'early-warning':
      return { startsAt: awareAt, dueAt: awareAt + 24 * HOUR_MS };
    case 'notification':
    case 'authority':
      return { startsAt: awareAt, dueAt: awareAt + 72 * HOUR_MS };
    case 'intermediate':
      return { startsAt: requestedAt ?? awareAt };
    case 'final': {
      // A month after the notification was sent; while it is not, after the last moment at which it may be.
      const from = sentAt.notification ?? awareAt + 72 * HOUR_MS;
      return { startsAt: from, dueAt: aMonthAfter(from, timeZone) };
    }
    case 'people':
      return { startsAt: awareAt };
  }
}
