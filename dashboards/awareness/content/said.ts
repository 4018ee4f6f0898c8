/** Texts in the reader's language, and in English where that language does not have them yet: text by text. */

/** A text with the language that it really is in, so that a screen reader says it right. */
export interface Said {
  readonly text: string;
  readonly lang: string;
}

/** The same shape with a `Said` in place of each text. */
export type Told<Texts> = Texts extends string ? Said : { readonly [Key in keyof Texts]: Told<Texts[Key]> };

/** A language that has been begun: any text may be missing. */
export type Begun<Texts> = Texts extends string
  ? Texts | string
  : { readonly [Key in keyof Texts]?: Begun<Texts[Key]> };

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Text by text: the language's own, else English. */
export const told = <Texts>(
  english: Texts,
  other: Begun<NoInfer<Texts>> | undefined,
  lang: string,
): Told<Texts> =>
  // The walk keeps the shape of what it is given, which no type can follow.
  walked(english, other, lang) as Told<Texts>;

function walked(english: unknown, other: unknown, lang: string): unknown {
  if (typeof english === 'string')
    return typeof other === 'string' ? { text: other, lang } : { text: english, lang: 'en' };
  const of = (key: string) => (isTree(other) ? other[key] : undefined);
  if (Array.isArray(english)) return english.map((item, index) => walked(item, of(String(index)), lang));
  if (!isTree(english)) return english;
  return Object.fromEntries(
    Object.entries(english).map(([key, value]) => [key, walked(value, of(key), lang)]),
  );
}

/** Paths of the texts that a language does not have yet, `phishing.sections.0.heading`. */
export function missing(english: unknown, other: unknown, path = ''): string[] {
  if (typeof english === 'string') return typeof other === 'string' && other !== '' ? [] : [path];
  if (!isTree(english)) return [];
  return Object.entries(english).flatMap(([key, value]) =>
    missing(value, isTree(other) ? other[key] : undefined, path === '' ? key : `${path}.${key}`),
  );
}
