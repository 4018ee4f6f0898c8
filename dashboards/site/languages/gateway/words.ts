/** What a language says of devices' readings and of cameras' failures. Data alone. */
export interface GatewayWords {
  /** What a part tells: properties, quantities, moments. */
  readings: Readonly<Record<string, string>>;
  /** The words of properties. */
  values: Readonly<Record<string, string>>;
  /** What is wrong with a camera. */
  troubles: Readonly<Record<string, string>>;
  /** By what a failure's English has in it; the first that fits. */
  failures: readonly (readonly [part: string, words: string])[];
}

/** `part: what value unit`, or without the part. Pure. */
export function readingIn(last: string, { readings, values }: GatewayWords, tag: string): string {
  const [, part = '', said = last] = /^([^ ]+: )?(.*)$/s.exec(last) ?? [];
  const what = Object.keys(readings)
    .sort((a, b) => b.length - a.length)
    .find((key) => said === key || said.startsWith(`${key} `));
  if (what === undefined) return last;
  const value = said.slice(what.length + 1);
  const [, number, unit = ''] = /^(-?\d+(?:\.\d+)?)( .*)?$/.exec(value) ?? [];
  const isMeasured = number !== undefined && what !== 'badge';
  const written = isMeasured
    ? new Intl.NumberFormat(tag).format(Number(number)) + unit
    : (values[value] ?? value);
  return `${part}${readings[what]} ${written}`.trim();
}
