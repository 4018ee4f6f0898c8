import type { Detection } from '../../devices/model/detection.ts';
import type { Decided } from '../detector.ts';
import type { Store } from '../store/store.ts';
import type { RulingBook } from './ruling-book.ts';

/** Keeps detections out of incidents for the time being, and counts them. */
export interface Keeper {
  keeps(detection: Detection): boolean;
  forget(ids: readonly string[]): void;
}

/** What the detector goes by of what people decided. */
export function decidedBy({
  store,
  book,
  keepers,
}: {
  store: Pick<Store, 'putRuling'>;
  book: RulingBook;
  keepers: readonly Keeper[];
}): Decided {
  return {
    get decisions() {
      return book.decisions;
    },
    async renamed(successors) {
      const renamed = book.renamed(successors);
      for (const ruling of renamed) {
        await store.putRuling(ruling);
        book.put(ruling);
      }
      return renamed.length > 0;
    },
    // Each is asked: each counts what it keeps.
    keeps: (detection) => keepers.filter((keeper) => keeper.keeps(detection)).length > 0,
    forget(ids) {
      for (const keeper of keepers) keeper.forget(ids);
    },
  };
}
