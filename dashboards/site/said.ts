/**
 * Short words that the gateway says of devices, cameras and badges, in the reader's language. What has no words here is
 * said as the gateway says it.
 */
import type { InboxDevice } from '../../edge/api/contract.ts';
import { inLanguage, locale } from '../kit/i18n.ts';
import { en } from './languages/en.ts';
import { type GatewayWords, readingIn } from './languages/gateway/words.ts';
import { text } from './text.ts';

const words = inLanguage<GatewayWords>({
  de: () => import('./languages/gateway/de.ts').then(({ de }) => de),
});

type RefusalText = Extract<keyof typeof en, `refusal.${string}`>;
const isRefusalText = (key: string): key is RefusalText => Object.hasOwn(en, key);

/** Why a badge was refused. */
export function refusalWords(because: string): string {
  const key = `refusal.${because}`;
  return isRefusalText(key) ? text(key) : because;
}

/** The last that a device has said: `contact open`, `temperature 4.2 °C`. */
export function lastWords({ last }: Pick<InboxDevice, 'last'>): string {
  const known = words();
  return known === undefined ? last : readingIn(last, known, locale());
}

/** One value of a part, as the device says it. */
export const valueWords = (value: string | number): string =>
  typeof value === 'number'
    ? new Intl.NumberFormat(locale()).format(value)
    : (words()?.values[value] ?? value);

/** Why a part of a camera does not work: `refused: it does not take this password`. */
export function cameraWords(why: string): string {
  const known = words();
  if (known === undefined) return why;
  const [trouble = why] = why.split(':', 1);
  const found = known.troubles[trouble] ?? known.failures.find(([beginning]) => why.includes(beginning))?.[1];
  return found ?? why;
}
