/**
 * People in sentences that somebody typed: what looks like a mail address, a phone or card number, a bank account, a
 * licence plate, a badge's number, a name behind a title. Pure; every pattern has bounded repeats and no two ways to read
 * one text, so that time grows with the length of the text alone.
 *
 * What it can't find: bare names that nobody has written down ("Weber was here"), names in scripts without capitals
 * behind no title, nicknames and account names that look like words, numbers without their usual beginning ("call
 * 1234567"), plates without their usual form, anything spelt out or misspelt, and whoever is told apart by what was done.
 */

/** Longer texts are cut: nobody reads them, and what was not looked at must not go out. */
export const MAX_FREE_TEXT = 65_536;
const CUT = ' [rest left out]';

interface Kind {
  readonly says: string;
  readonly pattern: RegExp;
  /** What has the form and is something else stays; the longest beginning that is one is replaced. */
  isOne?(found: string): boolean;
  /** Shorter ones there are not. */
  readonly shortest?: number;
}

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** ISO 13616: the remainder of the whole, letters as numbers, is 1. */
export function isIban(text: string): boolean {
  const plain = text.replace(/ /g, '').toUpperCase();
  if (plain.length < 15 || plain.length > 34) return false;
  let rest = 0;
  for (const sign of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** ISO/IEC 7812: Luhn. */
function isCard(text: string): boolean {
  const digits = digitsOf(text);
  if (digits.length < 13 || digits.length > 19) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const counted = index % 2 === 0 ? digit : digit * 2;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

const isPhone = (text: string): boolean => {
  const length = digitsOf(text).length;
  // 01.12.2026 is a day.
  return length >= 7 && length <= 15 && !/^\d{2}[./-]\d{2}[./-]\d{4}$/.test(text);
};

const apart = { before: '(?<![\\p{L}\\p{N}])', after: '(?![\\p{L}\\p{N}])' };
const whole = (inside: string, flags = 'gu') =>
  new RegExp(`${apart.before}(?:${inside})${apart.after}`, flags);

/** In this order: what is replaced is not looked at again. */
const kinds: readonly Kind[] = [
  {
    says: '[mail address]',
    pattern: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
  },
  {
    says: '[bank account]',
    pattern: whole('[A-Za-z]{2}\\d{2}(?: ?[A-Za-z0-9]){11,30}'),
    isOne: isIban,
    shortest: 15,
  },
  { says: '[card number]', pattern: whole('\\d(?:[ -]?\\d){12,18}'), isOne: isCard, shortest: 13 },
  {
    says: '[phone number]',
    pattern: whole(
      '\\(?(?:\\+|00)[1-9]\\d{0,3}\\)?(?:[ ()/.-]{0,3}\\d){5,14}|\\(?0[1-9]\\d{0,4}\\)?(?:[ /.-]{0,2}\\d){4,12}',
    ),
    isOne: isPhone,
    shortest: 7,
  },
  {
    says: '[licence plate]',
    // Germany and Austria; France and Italy; the United Kingdom; Spain.
    pattern: whole(
      '[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2}[ -]?\\d{1,4}[EH]?|[A-Z]{2}[ -]?\\d{3}[ -]?[A-Z]{2}|[A-Z]{2}\\d{2} ?[A-Z]{3}|\\d{4} ?[BCDFGHJKLMNPRSTVWXYZ]{3}',
    ),
  },
  {
    says: '[name]',
    pattern:
      /(?<=(?<![\p{L}\p{N}])(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|Sig|Sigra|Signor|Signora|Sra?|Señora?|Don|Doña)\.? {1,3})(?:(?:Dr|Prof)\. ?)?\p{Lu}[\p{L}’'-]{1,40}(?: (?:(?:von|van|de|di|da|del|der|den|la) ){0,2}\p{Lu}[\p{L}’'-]{1,40}){0,2}/gu,
  },
  {
    says: '[badge number]',
    pattern:
      /(?<=(?<![\p{L}\p{N}])(?:badge|card|chip|tag|transponder|ausweis|karte|tarjeta|carte|tessera)(?: (?:no|nr|number|nummer|n))?[.:#]{0,2} {0,3}#?)(?=[0-9A-Fa-f:-]{0,31}\d)[0-9A-Fa-f](?:[0-9A-Fa-f:-]){3,31}(?![\p{L}\p{N}])/giu,
  },
];

/** The text without anybody that a pattern finds; the same once more. */
export function withoutStrangers(text: string): string {
  let left = text.length > MAX_FREE_TEXT ? text.slice(0, MAX_FREE_TEXT) + CUT : text;
  for (const kind of kinds)
    left = kind.isOne === undefined ? left.replace(kind.pattern, kind.says) : replaced(left, kind);
  return left;
}

/** Words may follow a number without a break, and one that is none may stand before one that is. */
function replaced(text: string, { says, pattern, isOne = () => true, shortest = 1 }: Kind): string {
  let left = '';
  let done = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const length = longestIn(match[0], shortest, isOne);
    if (length === 0) {
      pattern.lastIndex = match.index + 1;
      continue;
    }
    left += text.slice(done, match.index) + says;
    done = match.index + length;
    pattern.lastIndex = done;
  }
  return left + text.slice(done);
}

/** How much of the beginning is one, as whole words; 0: nothing. */
function longestIn(found: string, shortest: number, isOne: (text: string) => boolean): number {
  for (let length = found.length; length >= shortest; length--) {
    const isWhole = length === found.length || !/[\p{L}\p{N}]/u.test(found[length] ?? '');
    if (isWhole && isOne(found.slice(0, length))) return length;
  }
  return 0;
}
