/** Other ways to write the same request, for seeing that a verdict does not hang on how it is written. */
import type { WebRequest } from './request-parts.ts';

type Random = () => number;
type Rewrite = (value: string, random: Random) => string;

const hexOf = (sign: string, random: Random) => {
  const hex = sign.charCodeAt(0).toString(16).padStart(2, '0');
  return `%${random() < 0.5 ? hex.toUpperCase() : hex}`;
};
const escapes = (value: string, random: Random) =>
  value.replace(/%[0-9a-f]{2}/gi, (one) => (random() < 0.5 ? one.toUpperCase() : one.toLowerCase()));

/** The same to every server: hexadecimal digits in either case, blanks in either form, signs encoded or not. */
const harmless: readonly Rewrite[] = [
  escapes,
  (value) => value.replaceAll('+', '%20'),
  (value) => value.replaceAll('%20', '+'),
  (value, random) => value.replace(/[!'()*,:;@$]/g, (one) => (random() < 0.5 ? hexOf(one, random) : one)),
];
/** What attackers do to the same end: letters encoded, everything encoded twice. */
const evasive: readonly Rewrite[] = [
  ...harmless,
  (value, random) =>
    value.replace(/%[0-9a-f]{2}|[a-z]/gi, (one) =>
      one.length === 1 && random() < 0.3 ? hexOf(one, random) : one,
    ),
  (value) => value.replaceAll('%', '%25'),
];

/** Rewrites the values of the query; the names stay, for applications look for them. */
function rewritten(request: WebRequest, rewrites: readonly Rewrite[], random: Random): WebRequest {
  const { target } = request;
  const question = target.indexOf('?');
  if (question < 0) return { ...request };
  const rewrite = rewrites[Math.floor(random() * rewrites.length)];
  const pairs = target
    .slice(question + 1)
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0 || rewrite === undefined
        ? pair
        : pair.slice(0, equals + 1) + rewrite(pair.slice(equals + 1), random);
    });
  if (random() < 0.3) pairs.push('utm_source=mail');
  return { ...request, target: `${target.slice(0, question)}?${pairs.join('&')}` };
}

/** A benign request stays one. */
export const harmlessRewrite = (request: WebRequest, random: Random): WebRequest =>
  rewritten(request, harmless, random);
/** An attack stays one, as far as an application decodes it. */
export const evasiveRewrite = (request: WebRequest, random: Random): WebRequest =>
  rewritten(request, evasive, random);
