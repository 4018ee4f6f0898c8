/**
 * Texts by key. A catalogue is one file per language; English is the one that defines the keys and, by its
 * `{names}`, the parameters that each text takes, so that a forgotten one does not compile.
 */

/** A text, or its forms by the plural of the parameter `count`. */
export type Message = string | { readonly one: string; readonly other: string };
export type Catalogue = Readonly<Record<string, Message>>;

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;
type NamesOf<Entry> = Entry extends string
  ? NamesIn<Entry>
  : Entry extends { readonly one: infer One extends string; readonly other: infer Other extends string }
    ? NamesIn<One> | NamesIn<Other> | 'count'
    : never;
type Parameter = string | number;
type Arguments<Names extends string> = [Names] extends [never]
  ? []
  : [parameters: { readonly [Name in Names]: Parameter }];

export type Text<Keys extends Catalogue> = <Key extends keyof Keys & string>(
  key: Key,
  ...parameters: Arguments<NamesOf<Keys[Key]>>
) => string;

/** Another language: every key of English, with the same parameters. */
export type Translation<Keys extends Catalogue> = { readonly [Key in keyof Keys]: Message };
/** A language that has been begun: what it does not have yet is said in English. */
export type PartialTranslation<Keys extends Catalogue> = Partial<Translation<Keys>>;

const LANGUAGE_KEY = 'gatehouse.language';

/** The languages that this application is offered in, by its `<html data-languages="en de">`; English otherwise. */
export const offeredLanguages = (): string[] =>
  (typeof document === 'undefined' ? undefined : document.documentElement.dataset.languages)?.split(' ') ?? [
    'en',
  ];

/** The one of them that is in use: the remembered one, else the first of the browser's. A change reloads the page. */
export function language(): string {
  const offered = offeredLanguages();
  let remembered: string | undefined;
  try {
    remembered = localStorage.getItem(LANGUAGE_KEY) ?? undefined;
  } catch {
    // Storage may be forbidden; the browser's languages stand.
  }
  const wished = [
    ...(remembered === undefined ? [] : [remembered]),
    ...(typeof navigator === 'undefined' ? [] : (navigator.languages ?? [navigator.language])),
  ];
  return wished.map((tag) => tag.split('-')[0] ?? tag).find((tag) => offered.includes(tag)) ?? 'en';
}

/** As `Intl` wants it: English in the way of Europe, 24 hours and the day first. */
export const locale = (): string => (language() === 'en' ? 'en-GB' : language());

/** Remembers a language and loads the page anew in it. */
export function setLanguage(tag: string): void {
  localStorage.setItem(LANGUAGE_KEY, tag);
  location.reload();
}

/** A language that is fetched only where it is in use. */
type Fetched<Value> = () => Promise<Value>;

const fetching: Promise<void>[] = [];
/** Longer nobody waits before an empty page. */
const PATIENCE_MS = 5_000;

/** Until what was asked for in the language in use is there. Where it can't be had, English stands. */
export const languageReady = async (): Promise<void> => {
  const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([Promise.all(fetching), patience]);
};

/** What there is in the language in use: undefined in English, and until it has come. */
export function inLanguage<Value>(others: Readonly<Record<string, Fetched<Value>>>): () => Value | undefined {
  const tag = language();
  const fetchIt = Object.hasOwn(others, tag) ? others[tag] : undefined;
  let value: Value | undefined;
  if (fetchIt !== undefined)
    fetching.push(
      fetchIt().then(
        (fetched) => {
          value = fetched;
        },
        (error: unknown) => console.warn(error),
      ),
    );
  return () => value;
}

/** What `Intl` needs long to make and no time to use, by the language. */
const made = <Value>(make: (tag: string) => Value): ((tag: string) => Value) => {
  const known = new Map<string, Value>();
  return (tag) => {
    const value = known.get(tag) ?? make(tag);
    known.set(tag, value);
    return value;
  };
};
const numberFormat = made((tag) => new Intl.NumberFormat(tag));
const pluralRules = made((tag) => new Intl.PluralRules(tag));

/** Fills `{names}`. A missing parameter stays visible as `{name}`: a reader can tell, nothing breaks. */
export function fill(message: Message, parameters: Readonly<Record<string, Parameter>>, tag: string): string {
  const form = typeof message === 'string' ? message : formFor(message, Number(parameters.count), tag);
  return form.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? numberFormat(tag).format(value) : value;
  });
}

function formFor({ one, other }: Exclude<Message, string>, count: number, tag: string): string {
  if (pluralRules(tag).select(count) !== 'one') return other;
  // French counts nothing as one: "once" would be a lie where the number is not said.
  return count === 1 || one.includes('{count}') ? one : other;
}

/**
 * @param english defines keys and parameters, and is the fallback
 * @param others further languages by their tag (`de`): there already, or fetched where they are in use
 */
export function texts<const Keys extends Catalogue>(
  english: Keys,
  others: Readonly<Record<string, PartialTranslation<Keys> | Fetched<PartialTranslation<Keys>>>> = {},
): Text<Keys> {
  const wanted = language();
  const other = Object.hasOwn(others, wanted) ? others[wanted] : undefined;
  const tag = other === undefined ? 'en' : wanted;
  const fetched = typeof other === 'function' ? inLanguage({ [wanted]: other }) : () => other;
  return (key, ...[parameters]) => {
    const chosen: { readonly [key: string]: Message | undefined } | undefined = fetched();
    const message = chosen?.[key] ?? english[key];
    return message === undefined ? key : fill(message, parameters ?? {}, tag);
  };
}
