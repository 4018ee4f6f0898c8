/**
 * From an incident to a public warning: what kind of thing it was, in which town, in words that harm nobody and help
 * no attacker. Pure. Whether it is said at all is decided by a person.
 */
import type { Incident, IncidentState } from '../../devices/model/incident.ts';
import { themeOf } from '../correlation/theme.ts';

export interface CampaignTheme {
  name: string;
  lesson: string;
  /** With `{place}`, ` in Lindau` or nothing. */
  text: { en: string; de: string };
}

/** By rule name first, since it says most; then by what the rule is about. The first that fits counts. */
const themes: readonly (CampaignTheme & { rule?: RegExp; about?: readonly string[] })[] = [
  {
    name: 'false-courier',
    lesson: 'parcel-scams',
    rule: /handover-refused|courier/,
    text: {
      en: 'A false courier has been seen{place}. Hand out no parcels and no codes at the door. In doubt ask the parcel service by a number you know.',
      de: 'Ein falscher Bote wurde gesehen{place}. Geben Sie an der Tür keine Pakete und keine Codes heraus. Fragen Sie im Zweifel den Paketdienst unter einer Nummer, die Sie kennen.',
    },
  },
  {
    name: 'changed-address',
    lesson: 'parcel-scams',
    rule: /changed-address|handed-over-twice/,
    text: {
      en: 'Somebody redirects parcels of others{place}. Look into your customer accounts, and tell the shop at once if an address there is not yours.',
      de: 'Jemand leitet fremde Pakete um{place}. Sehen Sie in Ihre Kundenkonten und sagen Sie dem Laden sofort Bescheid, wenn dort eine fremde Adresse steht.',
    },
  },
  {
    name: 'false-checkout',
    lesson: 'safe-payment',
    about: ['altered'],
    text: {
      en: 'False payment pages are about. Before you approve a payment, read amount and recipient in your banking app.',
      de: 'Es sind falsche Bezahlseiten im Umlauf. Lesen Sie vor jeder Freigabe Betrag und Empfänger in Ihrer Banking-App.',
    },
  },
  {
    name: 'stolen-cards',
    lesson: 'safe-payment',
    about: ['payment'],
    text: {
      en: 'Payment data is being misused at the moment. Look through your bookings, and tell your bank about any that are not yours.',
      de: 'Zurzeit werden Zahlungsdaten missbraucht. Sehen Sie Ihre Buchungen durch und melden Sie fremde Ihrer Bank.',
    },
  },
  {
    name: 'stolen-passwords',
    lesson: 'phishing',
    about: ['takeover', 'guessing', 'new-address', 'unusual-login', 'failed-login'],
    text: {
      en: 'Passwords are being tried out in great numbers. Use one of its own for each shop, and a second factor or a passkey.',
      de: 'Zurzeit werden massenhaft Passwörter ausprobiert. Nehmen Sie für jeden Laden ein eigenes, dazu einen zweiten Faktor oder einen Passkey.',
    },
  },
];

export interface CampaignDraft {
  theme: string;
  lesson: string;
  city?: string;
  text: { en: string; de: string };
}

/**
 * What an incident gives cause to warn of; undefined where a public warning would help nobody (a forced door, a
 * fridge, a robbery are no business of the public).
 * @param rules of its detections
 * @param cityOf the town of a site, as the configuration says: no smaller place is ever named
 */
export function draftFor(
  { rules, sites }: { rules: readonly string[]; sites: readonly string[] },
  cityOf: (site: string) => string | undefined,
): CampaignDraft | undefined {
  const about = new Set(rules.map((rule) => String(themeOf({ rule }).name)));
  const theme = themes.find(
    (one) =>
      (one.rule !== undefined && rules.some((rule) => one.rule?.test(rule))) ||
      one.about?.some((name) => about.has(name)),
  );
  if (theme === undefined) return undefined;
  const cities = [...new Set(sites.flatMap((site) => cityOf(site) ?? []))];
  // Two towns are none: which of them it was is not known.
  const [city] = cities.length === 1 ? cities : [];
  const placed = (text: string) => text.replace('{place}', city === undefined ? '' : ` in ${city}`);
  return {
    theme: theme.name,
    lesson: theme.lesson,
    ...(city === undefined ? {} : { city }),
    text: { en: placed(theme.text.en), de: placed(theme.text.de) },
  };
}

/** While nobody has contained it, a warning tells whoever is at it that they were seen. */
export const helpsAttacker = (state: IncidentState): boolean => state === 'open' || state === 'acknowledged';
/** What turned out to be nothing is not warned of. */
export const isCause = (state: IncidentState): boolean => state !== 'false-alarm';

export type HarmfulWhy = 'address' | 'link' | 'telephone' | 'number' | 'name';

/**
 * Why a public text must not be said: it names a street, an address in the network, a telephone, a long number, or
 * somebody or something of the registry.
 * @param names of people, sites and assets
 */
export function harmIn(text: string, names: readonly string[]): HarmfulWhy | undefined {
  if (/https?:|www\.|[\w.+-]+@[\w-]+\.|\b[\w-]+\.(com|net|org|de|eu|info|shop|example)\b/i.test(text))
    return 'link';
  if (/(?:\+|\b00|\b0)[\d][\d /()-]{5,}\d/.test(text)) return 'telephone';
  if (/\b\d{4,}\b/.test(text)) return 'number';
  if (
    /(straße|strasse|str\.|street|road|lane|avenue|platz|weg|gasse|allee)\s*\d|\d+[a-z]?,?\s+[\p{L}-]+\s+(street|road|lane|avenue)/iu.test(
      text,
    )
  )
    return 'address';
  const said = ` ${text.toLocaleLowerCase('en').replaceAll(/[^\p{L}\p{N}]+/gu, ' ')} `;
  const parts = names.map((name) =>
    name
      .toLocaleLowerCase('en')
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim(),
  );
  return parts.some((name) => name.length >= 4 && said.includes(` ${name} `)) ? 'name' : undefined;
}

/** The sites of an incident and the rules of its detections are read by the caller. */
export type CauseOf = Pick<Incident, 'id' | 'title'> & {
  rules: readonly string[];
  sites: readonly string[];
  state: IncidentState;
};
