/** Makes text of a stranger fit for a record: bounded, well-formed, nothing that moves a cursor or turns a line. */

// Control characters, line and paragraph separators, and those that reverse the direction of writing: text of
// a stranger must neither break a log's line nor show other than it is.
// biome-ignore lint/suspicious/noControlCharactersInRegex: replacing them is the purpose.
const unfit = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Nearly all text is of this kind, and fit as it stands. */
const printable = /^[ -~]*$/;

/** At most `length` UTF-16 units; what is unfit for a log's line becomes U+FFFD, a tab a blank. */
export function fitText(text: string, length: number): string {
  const cut = text.length > length ? text.slice(0, length) : text;
  if (printable.test(cut)) return cut;
  return cut.replaceAll('\t', ' ').replace(unfit, '\ufffd').toWellFormed();
}

/** Bytes as a log writes them; what is not UTF-8 becomes U+FFFD. */
export const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
