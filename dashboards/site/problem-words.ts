/** What the gateway refuses, in the reader's language. What has no words here is said as the gateway says it. */
import { language } from '../kit/i18n.ts';
import { en } from './languages/en.ts';
import { text } from './text.ts';

/** Codes of the gateway's refusals that have words of their own. */
export const said = {
  'signed-out': 'problem.signed-out',
  'wrong-pin': 'problem.wrong-pin',
  busy: 'problem.busy',
  failed: 'problem.failed',
  armed: 'problem.armed',
  'no-such-alarm': 'problem.no-such-alarm',
  'no-such-notice': 'problem.no-such-notice',
  'no-such-asset': 'problem.no-such-asset',
  'no-such-camera': 'problem.no-such-camera',
  'no-such-device': 'problem.no-such-device',
  'no-such-fridge': 'problem.no-such-asset',
  'no-such-picture': 'problem.no-such-picture',
  'no-picture': 'problem.no-picture',
  'no-presets': 'problem.no-presets',
  'no-token': 'problem.no-token',
  'no-walk-test': 'problem.no-walk-test',
  'not-asked': 'problem.not-asked',
  'not-found': 'problem.not-found',
  'not-in-inbox': 'problem.not-in-inbox',
  'too-large': 'problem.too-large',
  'too-many': 'problem.too-many',
  'no-such-case': 'problem.no-such-case',
  'not-responsible': 'problem.not-responsible',
  'not-now': 'problem.not-now',
  'in-file': 'problem.in-file',
  'not-at-site': 'problem.not-at-site',
  'not-waiting': 'badge.late',
  'no-badge': 'badge.refused.wrong-count',
  'no-such-reader': 'problem.no-such-asset',
  'only-by-https': 'problem.only-by-https',
  rest: 'problem.busy',
  taken: 'problem.taken',
  'not-proved': 'problem.not-proved',
  'not-shown': 'problem.not-shown',
  'registry-closed': 'problem.registry-closed',
} as const;

const has = (code: string): code is keyof typeof said => Object.hasOwn(said, code);

type FieldText = Extract<keyof typeof en, `field.${string}`>;
const isFieldText = (key: string): key is FieldText => Object.hasOwn(en, key);

/** What a request's field is called at the page; else by the name that the gateway has for it. */
function fieldName(field: string): string {
  const key = `field.${field}`;
  return isFieldText(key) ? text(key) : field;
}

export function problemInWords(code: string, error: Readonly<Record<string, unknown>>): string | undefined {
  // English is what the gateway says itself, with more in it.
  if (language() === 'en') return undefined;
  if (code === 'locked' && typeof error.retryAfterMs === 'number')
    return text('problem.locked', { count: Math.ceil(error.retryAfterMs / 60_000) });
  // Of a text that somebody wrote the gateway names the line: that can't be said otherwise.
  if (code === 'invalid' && typeof error.field === 'string' && error.field !== 'text')
    return text('problem.invalid', { field: fieldName(error.field) });
  return has(code) ? text(said[code]) : undefined;
}
