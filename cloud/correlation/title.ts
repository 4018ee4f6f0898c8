import { severityRank } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Place, Traits } from './memory.ts';
import { worldOf } from './priority.ts';
import type { ThemeName } from './theme.ts';
import { capitalised, happening, theName, thePlace } from './wording.ts';

/** Longest title: it is one line of a queue. */
const MAX_TITLE_LENGTH = 160;

/** What a group of themes amounts to, the gravest first: the first that is there gives the headline. */
const headlines: readonly { readonly needs: readonly ThemeName[]; readonly says: string }[] = [
  { needs: ['duress'], says: 'Somebody under threat' },
  { needs: ['forced'], says: 'Break-in' },
  { needs: ['without-badge'], says: 'Opening without a badge' },
  { needs: ['malware'], says: 'Malware' },
  { needs: ['exfiltration'], says: 'Outflow of data' },
  { needs: ['outside-call'], says: 'Calls to the outside' },
  { needs: ['takeover'], says: 'Account taken over' },
  { needs: ['altered'], says: 'Altered page or file' },
  { needs: ['blinded'], says: 'Camera blinded' },
  { needs: ['tamper'], says: 'Tampering' },
  { needs: ['alarm-change'], says: 'Alarm changed' },
  { needs: ['motion'], says: 'Motion' },
  { needs: ['after-hours'], says: 'Opening after hours' },
  { needs: ['elevation'], says: 'Gain of rights' },
  { needs: ['new-address', 'guessing'], says: 'Account taken over' },
  { needs: ['two-places'], says: 'Badge or account in two places at once' },
  { needs: ['payment'], says: 'Payment anomaly' },
  { needs: ['excursion'], says: 'Temperature excursion' },
  { needs: ['new-address'], says: 'Log-in from a new address' },
  { needs: ['unusual-login'], says: 'Unusual log-in' },
  { needs: ['web-attack'], says: 'Web attack' },
  { needs: ['guessing'], says: 'Password guessing' },
  { needs: ['scan'], says: 'Scan' },
];

/** In what order facts tell most, within one world. */
const telling: readonly ThemeName[] = [
  'duress',
  'forced',
  'without-badge',
  'malware',
  'exfiltration',
  'outside-call',
  'takeover',
  'altered',
  'alarm-change',
  'new-address',
  'two-places',
  'unusual-login',
  'elevation',
  'blinded',
  'tamper',
  'payment',
  'motion',
  'after-hours',
  'excursion',
  'web-attack',
  'guessing',
  'held-open',
  'passage',
  'denied',
  'new-talk',
  'unusual',
  'failed-login',
  'scan',
  'outage',
];

const rank = ({ theme }: Traits): number => {
  const found = telling.indexOf(theme.name);
  return found < 0 ? telling.length : found;
};

/**
 * One line that says what happened where: `Break-in at Linden Pharmacy: forced back door after a log-in from
 * a new address`. Follows from the set of detections alone; `kinds` are their traits, each once, in order of time.
 */
export function titleOf(kinds: readonly Traits[], registry: Registry): string {
  const first = kinds[0];
  if (first === undefined) return 'Nothing';
  const text = kinds.length === 1 ? single(first, registry) : several(kinds, registry);
  return text.length > MAX_TITLE_LENGTH ? `${text.slice(0, MAX_TITLE_LENGTH - 1)}…` : text;
}

function single(traits: Traits, registry: Registry): string {
  const what = capitalised(happening(traits.theme.name, traits.rule));
  const where = whereOf(traits, registry);
  return where === undefined ? what : `${what}: ${where}`;
}

/** The asset with its site; else the person or thing that is named. */
function whereOf({ places, marks, site }: Traits, registry: Registry): string | undefined {
  const place = mostCritical(places);
  const siteName = registry.site(site ?? '')?.name;
  if (place !== undefined)
    return siteName === undefined || siteName === place.name ? place.name : `${place.name}, ${siteName}`;
  const mark = marks[0];
  return mark === undefined ? siteName : (mark.person?.name ?? mark.value);
}

function several(kinds: readonly Traits[], registry: Registry): string {
  // The gravest first, then the most telling; ties fall to the earlier one.
  const grave = [...kinds].sort(
    (a, b) => Math.sign(rank(a) - rank(b)) || severityRank(b.severity) - severityRank(a.severity),
  );
  const themes = new Set(kinds.map(({ theme }) => theme.name));
  const headline = headlines.find(({ needs }) => needs.every((theme) => themes.has(theme)));
  const lead = grave.find(({ theme }) => headline?.needs.includes(theme.name)) ?? grave[0];
  if (lead === undefined) return 'Nothing';
  const what = happening(lead.theme.name, lead.rule);
  const says = headline?.says ?? capitalised(what);
  const place = mostCritical(lead.places);
  const site = registry.site(lead.site ?? '')?.name;
  const before = new Set(kinds.slice(0, kinds.indexOf(lead)));
  const cause =
    grave.find(
      (traits) => before.has(traits) && traits.theme.stage !== undefined && worldOf(traits) !== worldOf(lead),
    ) ?? grave.find((traits) => before.has(traits) && !isAlike(traits, lead));
  const next = kinds.find((traits) => !isAlike(traits, lead));
  const rest =
    cause !== undefined
      ? ` after ${happeningAt(cause, place)}`
      : next !== undefined
        ? `, then ${happeningAt(next, place)}`
        : '';
  // "Scan at Linden Pharmacy: scan at the web shop" says one thing twice.
  if (says.toLowerCase() === what.toLowerCase())
    return `${says}${place === undefined ? '' : ` at ${thePlace(place)}`}${rest}`;
  const where = site ?? (place === undefined ? undefined : thePlace(place));
  return `${says}${where === undefined ? '' : ` at ${where}`}: ${happeningAt(lead, undefined)}${rest}`;
}

const isAlike = (a: Traits, b: Traits): boolean =>
  a.rule === b.rule || (a.theme.name === b.theme.name && a.theme.name !== 'other');

/** What, and to which asset unless that is `known`: `forced back door`, `log-in from a new address at the shop administration`. */
function happeningAt(traits: Traits, known: Place | undefined): string {
  const what = happening(traits.theme.name, traits.rule);
  const place = mostCritical(traits.places);
  if (place === undefined || place === known) return what;
  switch (traits.theme.name) {
    case 'forced':
      return `forced ${bare(place)}`;
    case 'blinded':
      return `blinded ${bare(place)}`;
    case 'held-open':
      return `${bare(place)} held open`;
    case 'without-badge':
      return `${thePlace(place)} opened without a badge`;
    case 'alarm-change':
      return `change of ${thePlace(place)}`;
    default:
      return `${what} at ${thePlace(place)}`;
  }
}

const bare = (place: Place): string =>
  place.asset === undefined ? place.id : theName(place.name).replace(/^the /, '');

function mostCritical(places: readonly Place[]): Place | undefined {
  let best: Place | undefined;
  for (const place of places)
    if (best === undefined || (place.asset?.criticality ?? 0) > (best.asset?.criticality ?? 0)) best = place;
  return best;
}
