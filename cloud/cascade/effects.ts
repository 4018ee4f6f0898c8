/** What can happen to an asset, and how it is said after its name. A file may add words of its own. */
export const builtInEffects: Readonly<Record<string, string>> = {
  down: 'stops working',
  slow: 'works too slowly',
  compromised: 'is in the hands of an attacker',
  altered: 'holds what was tampered with',
  disclosed: 'has its data disclosed',
  intruded: 'is open to an intruder',
  stolen: 'is stolen',
  damaged: 'is damaged',
  unguarded: 'is not watched',
  warm: 'gets too warm',
  short: 'runs out',
  late: 'comes too late',
  absent: 'is not there',
};

export const DEFAULT_EFFECT = 'down';
