/**
 * What a barcode says: GS1 element strings (GS1 General Specifications, chapters 3 and 7.8) as scanners pass them on,
 * with an AIM symbology identifier in front (ISO/IEC 15424) where they are set to send one.
 */
import type { Facts } from '../model/observation.ts';
import { quote, type Read } from './payload.ts';

/** The longest element string that a symbol of the trade carries is far shorter. */
export const MAX_SCAN_LENGTH = 1_024;
const MAX_CODE_LENGTH = 512;
const MAX_ELEMENTS = 32;
/** FNC1 inside of a symbol is passed on as this character (7.8.3). */
const SEPARATOR = '\u001d';

/** One element: application identifier and data. */
export interface Element {
  identifier: string;
  data: string;
}

/** Symbologies whose data are element strings: GS1-128, DataBar, GS1 DataMatrix, GS1 QR code, GS1 DotCode. */
const elementSymbologies: ReadonlySet<string> = new Set([']C1', ']e0', ']d2', ']Q3', ']J1']);
/** EAN and UPC: a number of 8 or 13 digits, or of 12 where the scanner cuts the leading zero. */
const numberSymbologies: ReadonlySet<string> = new Set([']E0', ']E4', ']E3', ']E1', ']E2']);

/** Data that needs no separator behind it, by the first two digits; length with identifier (7.8.5, figure 7.8.5-2). */
const predefinedLength: Readonly<Record<string, number>> = {
  '00': 20,
  '01': 16,
  '02': 16,
  '03': 16,
  '04': 18,
  '11': 8,
  '12': 8,
  '13': 8,
  '14': 8,
  '15': 8,
  '16': 8,
  '17': 8,
  '18': 8,
  '19': 8,
  '20': 4,
  '31': 10,
  '32': 10,
  '33': 10,
  '34': 10,
  '35': 10,
  '36': 10,
  '41': 16,
};

/** How long an identifier is, by its beginning (3.2); 2 where nothing is said. */
const identifierLength = (text: string): number => {
  if (/^(?:3[1-69]|7[02]|8[0-2])/.test(text)) return 4;
  return /^(?:2[3-5]|4[0-2]|71)/.test(text) ? 3 : 2;
};

/** What may stand behind an identifier, where it is checked here; others only by the length and the set of characters. */
const formats: readonly [RegExp, RegExp, string][] = [
  [/^00$/, /^\d{18}$/, '18 digits'],
  [/^0[1-3]$/, /^\d{14}$/, '14 digits'],
  [/^1[1-9]$/, /^\d{6}$/, 'a date of 6 digits'],
  [/^20$/, /^\d{2}$/, '2 digits'],
  [/^(?:10|21|22)$/, /^.{1,20}$/, '1 to 20 characters'],
  [/^(?:30|37)$/, /^\d{1,8}$/, '1 to 8 digits'],
  [/^3[1-6]\d\d$/, /^\d{6}$/, '6 digits'],
  [/^41\d$/, /^\d{13}$/, '13 digits'],
  [/^7003$/, /^\d{10}$/, 'a date and time of 10 digits'],
  [/^71\d$/, /^.{1,20}$/, '1 to 20 characters'],
];
/** The invariant characters of ISO/IEC 646 that GS1 allows (figure 7.11-1). */
const allowed = /^[!"%-?A-Z_a-z]+$/;
const knownIdentifier =
  /^(?:0[0-4]|1[0-9]|2[0-2]|2[345]\d|30|3[1-69]\d\d|37|4[0-2]\d|7[02]\d\d|71\d|8[0-2]\d\d|9\d)$/;

/** The digit that makes the sum of a GS1 number a multiple of ten (7.9). */
export function checkDigitOf(digits: string): string {
  let sum = 0;
  for (let index = 0; index < digits.length; index++)
    sum += Number(digits[digits.length - 1 - index]) * (index % 2 === 0 ? 3 : 1);
  return String((10 - (sum % 10)) % 10);
}

/** Whether the last digit is the check digit of those before it (7.9). */
export const hasCheckDigit = (digits: string): boolean =>
  /^\d{2,}$/.test(digits) && checkDigitOf(digits.slice(0, -1)) === digits.slice(-1);

/** Takes an element string apart. */
export function readElements(text: string): Read<Element[]> {
  const elements: Element[] = [];
  let rest = text.startsWith(SEPARATOR) ? text.slice(1) : text;
  while (rest !== '') {
    if (elements.length >= MAX_ELEMENTS) return { refused: `more than ${MAX_ELEMENTS} elements` };
    const identifier = rest.slice(0, identifierLength(rest));
    if (!knownIdentifier.test(identifier))
      return { refused: `${quote(identifier)} is no application identifier` };
    const predefined = predefinedLength[rest.slice(0, 2)];
    const separatorAt = rest.indexOf(SEPARATOR);
    const end = predefined ?? (separatorAt === -1 ? rest.length : separatorAt);
    const data = rest.slice(identifier.length, end);
    const [, format, expected] = formats.find(([of]) => of.test(identifier)) ?? [];
    if (data === '' || data.length > 90 || !allowed.test(data))
      return { refused: `(${identifier}) ${quote(data)} has characters that are none of GS1's, or none` };
    if (format !== undefined && !format.test(data))
      return { refused: `(${identifier}) ${quote(data)} is not ${expected}` };
    if (/^(?:0[0-3]|41\d)$/.test(identifier) && !hasCheckDigit(data))
      return { refused: `(${identifier}) ${data}: its check digit is wrong` };
    elements.push({ identifier, data });
    rest = rest.slice(end);
    // Behind data of predefined length the separator is not needed, but allowed.
    if (rest.startsWith(SEPARATOR)) rest = rest.slice(1);
  }
  return elements.length === 0 ? { refused: 'no element' } : { value: elements };
}

/**
 * A date of 6 digits as `2027-02-28`. Day 00 is the last of the month (3.4); the century is the one in which the year is
 * nearest (7.12).
 */
export function dateOf(digits: string, now: number): string | undefined {
  const [year, month, day] = [0, 2, 4].map((at) => Number(digits.slice(at, at + 2)));
  if (year === undefined || month === undefined || day === undefined || month < 1 || month > 12)
    return undefined;
  const thisYear = new Date(now).getUTCFullYear();
  const century = thisYear - (thisYear % 100);
  const apart = year - (thisYear % 100);
  const full = century + year + (apart >= 51 ? -100 : apart <= -50 ? 100 : 0);
  const last = new Date(Date.UTC(full, month, 0)).getUTCDate();
  if (day > last) return undefined;
  const two = (number: number) => String(number).padStart(2, '0');
  return `${full}-${two(month)}-${two(day === 0 ? last : day)}`;
}

/** What a scanned text says, as facts of an observation: `code`, and `gtin`, `batch`, `expiresOn`, `serial` … where it does. */
export function scannedItem(scanned: string, now: number): Read<Facts> {
  // Scanners end with CR LF; a keyboard-like one puts blanks around.
  const text = scanned.replace(/^[\r\n ]+|[\r\n ]+$/g, '');
  if (text === '') return { refused: 'nothing was scanned' };
  if (text.length > MAX_SCAN_LENGTH)
    return { refused: `${text.length} characters, ${MAX_SCAN_LENGTH} are the most` };
  const symbology = /^\][A-Za-z][0-9A-Za-z]/.exec(text)?.[0];
  const data = symbology === undefined ? text : text.slice(symbology.length);
  const facts: Facts = symbology === undefined ? {} : { symbology };
  const isElements = symbology === undefined ? data.startsWith(SEPARATOR) : elementSymbologies.has(symbology);
  if (isElements) return elementFacts(data, facts, now);
  const isNumber = symbology === undefined || numberSymbologies.has(symbology);
  if (isNumber && /^(?:\d{8}|\d{12,14})$/.test(data)) {
    const gtin = data.padStart(14, '0');
    if (hasCheckDigit(gtin)) return { value: { ...facts, code: data, gtin } };
    if (symbology !== undefined) return { refused: `${data}: its check digit is wrong` };
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(data)) return { refused: `${quote(data)} holds control characters` };
  return { value: { ...facts, code: data.slice(0, MAX_CODE_LENGTH) } };
}

/** Names of what the shop asks for. */
const factNames: Readonly<Record<string, string>> = {
  '00': 'sscc',
  '01': 'gtin',
  '02': 'containedGtin',
  '10': 'batch',
  '21': 'serial',
  '710': 'nationalNumber',
  '711': 'nationalNumber',
  '712': 'nationalNumber',
  '713': 'nationalNumber',
  '714': 'nationalNumber',
  '715': 'nationalNumber',
  '716': 'nationalNumber',
};

function elementFacts(data: string, facts: Facts, now: number): Read<Facts> {
  const elements = readElements(data);
  if ('refused' in elements) return elements;
  const code = elements.value.map(({ identifier, data: said }) => `(${identifier})${said}`).join('');
  facts.code = code.slice(0, MAX_CODE_LENGTH);
  for (const { identifier, data: said } of elements.value) {
    const name = Object.hasOwn(factNames, identifier) ? factNames[identifier] : undefined;
    if (name !== undefined) {
      // The same element twice with other data: two items were read as one (3.2).
      if (facts[name] !== undefined && facts[name] !== said)
        return { refused: `(${identifier}) is in it twice: ${quote(facts[name])} and ${quote(said)}` };
      facts[name] = said;
    }
    if (identifier === '17' || identifier === '7003') {
      const expiresOn = dateOf(said, now);
      if (expiresOn === undefined) return { refused: `(${identifier}) ${said} is no date` };
      facts.expiresOn = expiresOn;
    }
  }
  return { value: facts };
}
