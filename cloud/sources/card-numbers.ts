/** Numbers of payment cards have no place here, in quarantine neither (PCI DSS, requirement 3). Pure. */

/** 13 to 19 digits, blanks or hyphens between them or not. */
const candidate = /\b\d(?:[ -]?\d){12,18}\b/g;

/** Luhn's check digit, ISO/IEC 7812-1, annex B. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The text with the digits of card numbers, but for the last four, as crosses. */
export const withoutCardNumbers = (text: string): string =>
  text.replace(candidate, (found) => {
    const digits = found.replace(/\D/g, '');
    return hasCheckDigit(digits) ? `${'X'.repeat(digits.length - 4)}${digits.slice(-4)}` : found;
  });
