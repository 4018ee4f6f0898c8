/** What an observation must show at least for a pattern to hold: by that the pattern is found among a million. Pure. */
import { type Network, networkOf } from '../matching/network-address.ts';
import { canonical, type IndicatorType, typeOf } from '../matching/observable.ts';
import { type Comparison, type Expression, type Pattern, propertyOf } from './pattern.ts';

export type Anchor =
  | { readonly kind: 'exact'; readonly type: IndicatorType; readonly value: string }
  | { readonly kind: 'network'; readonly network: Network }
  /** The name itself or any below it, as the pattern then says. */
  | { readonly kind: 'suffix'; readonly domain: string };

/** One of these is shown wherever the pattern holds; none: it never holds; undefined: nothing in particular has to be. */
export function anchorsOf(pattern: Pattern): Anchor[] | undefined {
  switch (pattern.kind) {
    case 'observation':
      return ofExpression(pattern.expression);
    case 'qualified':
      return anchorsOf(pattern.of);
    case 'either':
      return all(pattern.parts.map(anchorsOf));
    default:
      return fewest(pattern.parts.map(anchorsOf));
  }
}

function ofExpression(expression: Expression): Anchor[] | undefined {
  if (expression.kind === 'comparison') return ofComparison(expression);
  const parts = expression.parts.map(ofExpression);
  return expression.kind === 'or' ? all(parts) : fewest(parts);
}

function all(parts: readonly (Anchor[] | undefined)[]): Anchor[] | undefined {
  const found: Anchor[] = [];
  for (const part of parts) {
    if (part === undefined) return undefined;
    found.push(...part);
  }
  return found;
}

function fewest(parts: readonly (Anchor[] | undefined)[]): Anchor[] | undefined {
  return parts
    .filter((part) => part !== undefined)
    .sort((a, b) => a.length - b.length)
    .at(0);
}

function ofComparison(comparison: Comparison): Anchor[] | undefined {
  const { negated, operator, values } = comparison;
  const type = typeOf(propertyOf(comparison));
  if (negated || type === 'other') return undefined;
  const [first] = values;
  if (operator === '=' || operator === 'IN') {
    // A value that is none of its kind is never shown.
    return values.flatMap((value) => (typeof value === 'string' ? (exact(type, value) ?? []) : []));
  }
  if (operator === 'ISSUBSET' && type === 'ip') {
    const network = networkOf(String(first));
    return network === undefined ? undefined : [{ kind: 'network', network }];
  }
  if (operator !== 'LIKE') return undefined;
  const text = String(first);
  if (!/[%_]/.test(text)) {
    const anchor = exact(type, text);
    return anchor === undefined ? undefined : [anchor];
  }
  // `%.evil.example`, `%evil.example`: whatever it is, it ends with the whole labels behind the first dot.
  const domain = type === 'domain' ? /^%[^%_.]*\.((?:[^%_.]+\.)+[^%_.]+)$/.exec(text)?.[1] : undefined;
  return domain === undefined ? undefined : [{ kind: 'suffix', domain: domain.toLowerCase() }];
}

function exact(type: IndicatorType, value: string): Anchor | undefined {
  if (type === 'ip' && value.includes('/')) {
    const network = networkOf(value);
    return network === undefined ? undefined : { kind: 'network', network };
  }
  const name = canonical(type, value);
  return name === undefined ? undefined : { kind: 'exact', type, value: name };
}

/** What a pattern is about, for its severity and how fast it ages. */
export function typeOfPattern(pattern: Pattern): IndicatorType {
  const [anchor] = anchorsOf(pattern) ?? [];
  if (anchor === undefined) return 'other';
  if (anchor.kind === 'exact') return anchor.type;
  return anchor.kind === 'network' ? 'ip' : 'domain';
}
