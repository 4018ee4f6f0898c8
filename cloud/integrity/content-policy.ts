/** Content Security Policy, level 3, as far as its weakening matters. Pure. */
import { z } from 'zod';

const MAX_DIRECTIVES = 64;
const MAX_SOURCES = 128;

/** Directives with their sources, sorted; undefined: the page has no policy. */
export const contentPolicy = z
  .record(z.string().max(64), z.array(z.string().max(300)).max(MAX_SOURCES))
  .optional();
export type ContentPolicy = z.infer<typeof contentPolicy>;

/** A nonce is new each time, and a hash belongs to one script: that they are there is what counts. */
const sourceKey = (source: string): string =>
  /^'nonce-/i.test(source)
    ? "'nonce'"
    : /^'sha(?:256|384|512)-/i.test(source)
      ? "'hash'"
      : source.toLowerCase().slice(0, 300);

function directivesOf(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const part of text.split(';').slice(0, MAX_DIRECTIVES)) {
    const [name, ...sources] = part.trim().split(/\s+/);
    const key = name?.toLowerCase().slice(0, 64);
    // The first of two counts.
    if (key === undefined || key === '' || found.has(key)) continue;
    found.set(key, new Set(sources.slice(0, MAX_SOURCES).map(sourceKey)));
  }
  return found;
}

/** Several policies hold together: the one with the narrowest scripts stands for them where a directive is in more. */
export function policyOf(headers: readonly string[]): ContentPolicy {
  const policies = headers.flatMap((one) => one.split(',')).filter((one) => one.trim() !== '');
  if (policies.length === 0) return undefined;
  const joined = new Map<string, Set<string>>();
  for (const policy of policies)
    for (const [name, sources] of directivesOf(policy)) {
      const known = joined.get(name);
      joined.set(name, known === undefined ? sources : new Set([...known].filter((one) => sources.has(one))));
    }
  return Object.fromEntries(
    [...joined].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sources]) => [name, [...sources].sort()]),
  );
}

/** Directives that keep scripts, forms, frames and data where they belong. */
const guarding = [
  'script-src',
  'connect-src',
  'frame-src',
  'form-action',
  'base-uri',
  'object-src',
  'img-src',
] as const;
const fallsBack = new Set<string>(['script-src', 'connect-src', 'frame-src', 'object-src', 'img-src']);

const sourcesOf = (policy: NonNullable<ContentPolicy>, name: string): readonly string[] | undefined =>
  policy[name] ?? (fallsBack.has(name) ? policy['default-src'] : undefined);

const isWide = (source: string): boolean =>
  ['*', 'http:', 'https:', 'data:', 'blob:', "'unsafe-inline'", "'unsafe-eval'"].includes(source);

/** What the later policy allows that the earlier did not, in words; empty: nothing. */
export function weakenings(before: ContentPolicy, after: ContentPolicy): string[] {
  if (before === undefined) return [];
  if (after === undefined) return ['the page has no policy any more'];
  return guarding.flatMap((name) => {
    const had = sourcesOf(before, name);
    const has = sourcesOf(after, name);
    if (had === undefined) return [];
    if (has === undefined) return [`${name} is gone`];
    const narrowing = has.some((one) => one === "'nonce'" || one === "'hash'" || one === "'strict-dynamic'");
    return (
      has
        .filter(
          (one) =>
            !had.includes(one) &&
            one !== "'nonce'" &&
            one !== "'hash'" &&
            one !== "'none'" &&
            one !== "'self'",
        )
        // Beside a nonce browsers pass over it (CSP 3, 6.7.3.2).
        .filter((one) => !(one === "'unsafe-inline'" && narrowing))
        .filter((one) => one !== "'strict-dynamic'" && one !== "'report-sample'")
        .map((one) => `${name} now allows ${isWide(one) ? one : `the source ${one}`}`)
    );
  });
}
