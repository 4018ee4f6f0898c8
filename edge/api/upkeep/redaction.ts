/** Takes out what must not leave the site in a bundle for whoever helps. */

/** Keys whose values are secrets, or people. */
const secretKey = /(hash|password|passphrase|secret|token|pin|psk|key|badges?|accounts?|plates?|tags?)$/i;
/** Keys that end like secrets and name files or settings. */
const harmlessKey = /^(keyFile|passwordFile|tokenFile|receiverNumber)$/;
const peopleKey = /^(people|identities|responsible|users|who)$/;
const MAX_TEXT = 400;
const MAX_DEPTH = 12;

/** Long runs of letters and digits may be keys, badges or tokens, whatever they stand in. */
export const withoutSecrets = (text: string): string =>
  text
    .slice(0, MAX_TEXT)
    .replaceAll(/\/\/[^/@\s]+@/g, '//…@')
    .replaceAll(/[A-Za-z0-9+/=_-]{24,}/g, (run) => `${run.slice(0, 4)}…`);

/** What somebody has sent stands in quotes, or is a run of digits: a badge, a code. */
export const withoutPayload = (reason: string): string =>
  withoutSecrets(
    reason.replaceAll(/"[^"]*"|'[^']*'/g, '"…"').replaceAll(/\b(?=[0-9a-f]*\d)[0-9a-f]{5,}\b/gi, '…'),
  );

/** A copy of any value of a configuration without secrets and without people. */
export function redacted(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return '…';
  if (typeof value === 'string') return withoutSecrets(value);
  if (Array.isArray(value)) return value.map((each) => redacted(each, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, own] of Object.entries(value)) {
    if (own === undefined) continue;
    if (peopleKey.test(key)) copy[key] = Array.isArray(own) ? `${own.length} entries` : 'left out';
    else if (secretKey.test(key) && !harmlessKey.test(key)) copy[key] = 'left out';
    else copy[key] = redacted(own, depth + 1);
  }
  return copy;
}
