import { MAX_TEXT_LENGTH } from '../../devices/model/identifiers.ts';

/** Kinds of trouble that are remembered, per rule. */
const MAX_TROUBLES = 1_000;

/** Something that the engine could not do and went on without. */
export interface RuleTrouble {
  rule: string;
  what: 'failed' | 'keys-full' | 'state-unreadable';
  message: string;
  count: number;
}

/** Troubles, counted by rule and kind. */
export class Troubles {
  readonly #known = new Map<string, RuleTrouble>();

  add(rule: string, what: RuleTrouble['what'], message: string): void {
    const key = `${rule}/${what}`;
    const text = message.slice(0, MAX_TEXT_LENGTH);
    const known = this.#known.get(key);
    if (known) {
      known.count++;
      known.message = text;
    } else if (this.#known.size < MAX_TROUBLES) this.#known.set(key, { rule, what, message: text, count: 1 });
  }

  list(): RuleTrouble[] {
    return [...this.#known.values()];
  }
}
