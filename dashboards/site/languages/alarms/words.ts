/** What each language says of alarms. Data alone: also read by tests that know every kind of rule. */

/** A summary, which goes on after the assets' names or after `:`, and what to do. */
export type AlarmWords = readonly [summary: string, instruction: string];

export interface WordsOfAlarms {
  /** By the kind of rule; where a kind has several troubles, by `kind/trouble` before that. */
  alarms: Readonly<Record<string, AlarmWords>>;
  /** Why something stands in the way of arming, by what the gateway says. */
  reasons: Readonly<Record<string, string>>;
}
