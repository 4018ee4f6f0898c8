/** Is it significant, is personal data concerned: two short trees of questions, whose answers are kept with their reasons. Pure. */
import { z } from 'zod';
import { plainText } from '../../devices/model/identifiers.ts';
import { type Duty, type Regime, regimes } from './regimes.ts';

interface Question {
  id: string;
  text: string;
  /** What helps to answer it. */
  help: string;
  section: string;
  /** The next question, or what follows. */
  yes: { ask: string } | { duty: Exclude<Duty, 'open'> };
  no: { ask: string } | { duty: Exclude<Duty, 'open'> };
}

export const questions: Readonly<Record<Regime, readonly Question[]>> = {
  nis2: [
    {
      id: 'in-scope',
      text: 'Are we an essential or important entity, and does it concern a service for which we are?',
      help: 'Pharmacies as health care providers, wholesale of medicines, online market places, banks and payment services usually are from 50 people or 10 million euros a year on.',
      section: 'Art. 2, 3, Annexes I and II',
      yes: { ask: 'disruption' },
      no: { duty: 'none' },
    },
    {
      id: 'disruption',
      text: 'Has it caused, or can it cause, severe disruption of our services or financial loss to us?',
      help: 'Think of how long which service was down, and what the loss is. "Can cause" is enough.',
      section: 'Art. 23(3)(a)',
      yes: { duty: 'authority' },
      no: { ask: 'damage' },
    },
    {
      id: 'damage',
      text: 'Has it affected, or can it affect, others by considerable material or other damage?',
      help: 'Customers, patients, staff, suppliers: money, health, safety, data.',
      section: 'Art. 23(3)(b)',
      yes: { duty: 'authority' },
      no: { duty: 'none' },
    },
  ],
  gdpr: [
    {
      id: 'personal-data',
      text: 'Is personal data concerned?',
      help: 'Anything about a person who can be identified: orders, prescriptions, accounts, pictures, badges.',
      section: 'Art. 4(1)',
      yes: { ask: 'breach' },
      no: { duty: 'none' },
    },
    {
      id: 'breach',
      text: 'Was it lost, altered, disclosed, or seen by somebody who may not?',
      help: 'A loss of availability counts as well.',
      section: 'Art. 4(12)',
      yes: { ask: 'risk' },
      no: { duty: 'none' },
    },
    {
      id: 'risk',
      text: 'Is a risk to the rights and freedoms of people likely, or can it not be ruled out?',
      help: 'Only where a risk is unlikely the authority need not be told; the breach is written down in any case (Art. 33(5)).',
      section: 'Art. 33(1)',
      yes: { ask: 'high-risk' },
      no: { duty: 'none' },
    },
    {
      id: 'high-risk',
      text: 'Is the risk to people high?',
      help: 'Health data, data with which somebody can be robbed or impersonated, many people, people who need protection.',
      section: 'Art. 34(1)',
      yes: { ask: 'exempt' },
      no: { duty: 'authority' },
    },
    {
      id: 'exempt',
      text: 'Is telling the people not needed?',
      help: 'The data was unreadable (encrypted), or what we did since removes the high risk. Where it would take disproportionate effort, a public message takes its place.',
      section: 'Art. 34(3)',
      yes: { duty: 'authority' },
      no: { duty: 'authority-and-people' },
    },
  ],
};

export const answer = z.strictObject({
  question: z.string().min(1).max(64),
  answer: z.enum(['yes', 'no']),
  /** Why: kept with the answer. */
  reason: plainText.min(3).max(1_000),
});
export type Answer = z.infer<typeof answer>;

export const decisionRequest = z.strictObject({
  regime: z.enum(regimes),
  answers: z.array(answer).max(16),
});

export interface Outcome {
  duty: Duty;
  /** The questions on the way that was gone, in order. */
  asked: string[];
  /** The question that is open. */
  next?: string;
}

/** What follows from answers. Those to questions that were not asked on this way are not looked at. */
export function outcomeOf(regime: Regime, answers: readonly Answer[]): Outcome {
  const tree = questions[regime];
  const asked: string[] = [];
  let question = tree[0];
  while (question !== undefined) {
    const { id } = question;
    const given = answers.find((one) => one.question === id);
    if (given === undefined) return { duty: 'open', asked, next: id };
    asked.push(id);
    const then = question[given.answer];
    if ('duty' in then) return { duty: then.duty, asked };
    question = tree.find((one) => one.id === then.ask);
  }
  return { duty: 'open', asked };
}
