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

const LANGUAGE_KEY = 'gatehouse.language';

/** The language in use: the remembered one, else the browser's. Read once; a change reloads the page. */
export function language(): string {
  try {
    return localStorage.getItem(LANGUAGE_KEY) ?? navigator.language;
  } catch {
    return typeof navigator === 'undefined' ? 'en' : navigator.language;
  }
}

/** Remembers a language and loads the page anew in it. */
export function setLanguage(tag: string): void {
  localStorage.setItem(LANGUAGE_KEY, tag);
  location.reload();
}

/** Fills `{names}`. A missing parameter stays visible as `{name}`: a reader can tell, nothing breaks. */
export function fill(message: Message, parameters: Readonly<Record<string, Parameter>>, tag: string): string {
  const form =
    typeof message === 'string'
      ? message
      : new Intl.PluralRules(tag).select(Number(parameters.count)) === 'one'
        ? message.one
        : message.other;
  return form.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? new Intl.NumberFormat(tag).format(value) : value;
  });
}

/**
 * @param english defines keys and parameters, and is the fallback
 * @param others further languages by their tag (`de`)
 */
export function texts<const Keys extends Catalogue>(
  english: Keys,
  others: Readonly<Record<string, Translation<Keys>>> = {},
): Text<Keys> {
  const wanted = language();
  const tag = [wanted, wanted.split('-')[0] ?? ''].find((name) => name in others) ?? 'en';
  const chosen: Catalogue = others[tag] ?? english;
  return (key, ...[parameters]) => {
    const message = chosen[key] ?? english[key];
    return message === undefined ? key : fill(message, parameters ?? {}, tag);
  };
}
