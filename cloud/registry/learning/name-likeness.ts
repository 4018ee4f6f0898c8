/** How alike two names are, as names of one person in two systems. Pure. */

/** Accounts of machines, roles and everybody: no person's name is in them. */
const nobody =
  /^(?:admin|administrator|root|guest|test|user|operator|info|office|sales|shop|kasse|till|counter|service|support|backup|scanner|printer|system|postmaster|webmaster|noreply|www-data|pharmacy|warehouse|pos)\d*$/;

/** Names whose plain form is kept: each is compared with many. */
const MAX_KEPT = 50_000;
let plainForms = new Map<string, string>();

/** `CORP\A.Weber`, `a.weber@shop.example`, `a_weber` → `a.weber`. */
export function plainAccount(account: string): string {
  const known = plainForms.get(account);
  if (known !== undefined) return known;
  const plain = plainFormOf(account);
  if (plainForms.size >= MAX_KEPT) plainForms = new Map();
  plainForms.set(account, plain);
  return plain;
}

function plainFormOf(account: string): string {
  const lower = account.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
  const local = lower.replace(/^[^\\]*\\/, '').replace(/[@+].*$/, '');
  return local.replace(/ß/g, 'ss').replace(/[_\s-]+/g, '.');
}

export const isNobodys = (account: string): boolean => nobody.test(plainAccount(account));

const partsOf = (name: string): string[] =>
  plainAccount(name)
    .split('.')
    .map((part) => part.replace(/\d+$/, ''))
    .filter((part) => part !== '');

/** `same` name, `likely` one person by first letter and family name, `unlike`, or `unknown` where a name says nothing. */
export type Likeness = 'same' | 'likely' | 'unknown' | 'unlike';

/** Two account names. */
export function accountLikeness(one: string, other: string): Likeness {
  if (isNobodys(one) || isNobodys(other)) return 'unknown';
  const [a, b] = [plainAccount(one), plainAccount(other)];
  if (a === b) return 'same';
  const [p, q] = [partsOf(one), partsOf(other)];
  return likely(p, q) || likely(q, p) ? 'likely' : 'unlike';
}

/** A person's written name and an account. */
export function personLikeness(person: string, account: string): Likeness {
  if (isNobodys(account)) return 'unlike';
  const written = partsOf(person.replace(/^(?:dr|prof|mr|mrs|ms)\.?\s+/i, ''));
  const [first = '', last = ''] = [written[0], written.at(-1)];
  if (written.length < 2 || last.length < 3) return 'unknown';
  const parts = partsOf(account);
  const joined = parts.join('');
  if (joined === `${first}${last}` || joined === `${last}${first}`) return 'same';
  if (joined === `${first.charAt(0)}${last}` || joined === `${last}${first.charAt(0)}`) return 'same';
  if (parts.length > 1 && parts.includes(last) && parts.some((part) => first.startsWith(part))) return 'same';
  if (joined === last || joined === first) return 'likely';
  return 'unlike';
}

/** `a.weber` and `anna.weber`, `aweber` and `anna.weber`. */
function likely(short: readonly string[], long: readonly string[]): boolean {
  const [first = '', last = ''] = [long[0], long.at(-1)];
  if (long.length < 2 || last.length < 3) return false;
  const joined = short.join('');
  return (
    joined === `${first.charAt(0)}${last}` ||
    joined === `${last}${first.charAt(0)}` ||
    joined === `${first}${last}` ||
    (short.length > 1 && short.at(-1) === last && first.startsWith(short[0] ?? ' '))
  );
}
