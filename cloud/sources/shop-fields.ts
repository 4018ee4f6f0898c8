/** What shops and payment services say of a customer and of money, within bounds; nothing of cards but what tells them apart. */
import type { Facts, Observables } from '../../devices/model/observation.ts';
import { addressOf } from './address.ts';
import { countAt, type JsonObject, present, textAt, wordAt } from './json-line.ts';
import { fitText } from './plain-text.ts';

/** An amount as shops write it: `"19.90"`, 19.9; at most to a billion. */
export function amountOf(value: unknown): number | undefined {
  const number =
    typeof value === 'string' && /^-?\d{1,12}(?:\.\d{1,6})?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Math.abs(number) <= 1e12 ? number : undefined;
}

export const currencyOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : undefined;

/** A telephone number by its digits, so that two ways to write it are one. */
export const phoneOf = (text: string | undefined): string | undefined => {
  const digits = text?.replace(/(?!^\+)[^\d]/g, '');
  return digits !== undefined && /^\+?\d{6,20}$/.test(digits) ? digits : undefined;
};

export const emailOf = (text: string | undefined): string | undefined =>
  text !== undefined && text.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(text) ? text.toLowerCase() : undefined;

/** Observables by the names that a generic event has for them. */
export function customerOf(event: JsonObject): Observables {
  return present({
    ip: addressOf(textAt(event, 'ip') ?? ''),
    'user-agent': textAt(event, 'userAgent'),
    session: wordAt(event, 'session'),
    email: emailOf(textAt(event, 'email')),
    phone: phoneOf(textAt(event, 'phone')),
    device: textAt(event, 'device'),
    order: wordAt(event, 'order'),
    parcel: wordAt(event, 'parcel'),
  });
}

/** Facts that any event of a shop may have. */
export const moneyOf = (event: JsonObject): Facts =>
  present<string | number>({
    amount: amountOf(event.amount),
    currency: currencyOf(event.currency),
    items: countAt(event, 'items'),
    country: /^[A-Za-z]{2}$/.test(textAt(event, 'country') ?? '')
      ? textAt(event, 'country')?.toUpperCase()
      : undefined,
    reason: textAt(event, 'reason') === undefined ? undefined : fitText(textAt(event, 'reason') ?? '', 256),
    by: wordAt(event, 'by'),
  });
