import type { Key, Traits } from './memory.ts';

/** In which lists a detection is looked for, and in which it stands. */
export const probesOf = ({ placed, places, marks, rarity }: Traits): Key[] => [
  ...(placed ? places.flatMap(({ probes }) => probes) : []),
  ...marks.filter(({ hub }) => !hub),
  ...(rarity === undefined ? [] : [rarity]),
];
export const ownOf = ({ placed, places, marks, rarity }: Traits): Key[] => [
  ...(placed ? places.flatMap(({ own }) => own) : []),
  ...marks.filter(({ hub }) => !hub),
  ...(rarity === undefined ? [] : [rarity]),
];
