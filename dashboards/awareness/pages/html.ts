/** HTML as text, for pages that are written once by the build. What is put in is escaped unless it is `Html`. */
import type { Said } from '../content/said.ts';

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export const escapedText = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

type Filling = string | number | Html | readonly Html[] | undefined;

const filled = (value: Filling): string =>
  value === undefined
    ? ''
    : value instanceof Html
      ? value.text
      : Array.isArray(value)
        ? value.map(({ text }: Html) => text).join('')
        : escapedText(String(value));

export const html = (pieces: TemplateStringsArray, ...values: readonly Filling[]): Html =>
  new Html(
    pieces.map((piece, index) => piece + (index < values.length ? filled(values[index]) : '')).join(''),
  );

/** Texts with the language that they are in, where it is not the page's. */
export const speaker =
  (page: string) =>
  ({ text, lang }: Said): Html =>
    lang === page ? html`${text}` : html`<span lang="${lang}">${text}</span>`;
