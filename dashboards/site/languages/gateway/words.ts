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
