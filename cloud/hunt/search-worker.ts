/** Reads what is stored into the index, a little at a time, and answers searches in between. */
import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { type HuntSearch, SearchIndex, type Watched, type WatchHit } from './search-index.ts';

const port = parentPort;
if (port === null) throw new Error('search-worker.ts runs as a worker thread');

/** Nothing new: looked at again so soon. */
const IDLE_MS = 400;
/** After a piece of work it rests so many times as long: what comes in has the machine. */
const REST_TIMES = 2;
/** Of a sweep hits are told in so many at a time. */
const MAX_HITS = 500;
/** Before a search so much is caught up at once. */
const CAUGHT_UP = 3;

const { store, index } = z.object({ store: z.string(), index: z.string() }).parse(workerData);
const search = new SearchIndex({ store, index });
let isOpen = true;

export type ToWorker =
  | { type: 'search'; number: number; search: HuntSearch }
  | { type: 'watch'; watched: Watched[] }
  | { type: 'close' };
export type FromWorker =
  | { type: 'answer'; number: number; found: ReturnType<SearchIndex['search']> }
  | { type: 'failed'; number: number; message: string }
  | { type: 'hits'; hits: WatchHit[] };

const tell = (message: FromWorker) => port.postMessage(message);

function indexSome(): number {
  const hits: WatchHit[] = [];
  const many = search.indexSome((hit) => {
    if (hits.length < MAX_HITS) hits.push(hit);
  });
  if (hits.length > 0) tell({ type: 'hits', hits });
  return many;
}

port.on('message', (message: ToWorker) => {
  if (message.type === 'close') {
    isOpen = false;
    search.close();
    port.close();
    return;
  }
  if (message.type === 'watch') {
    search.watched = message.watched;
    return;
  }
  try {
    for (let round = 0; round < CAUGHT_UP && indexSome() > 0; round++);
    tell({ type: 'answer', number: message.number, found: search.search(message.search) });
  } catch (error) {
    tell({
      type: 'failed',
      number: message.number,
      message: error instanceof Error ? error.message : String(error),
    });
  }
});

while (isOpen) {
  const started = performance.now();
  const many = indexSome();
  await wait(many === 0 ? IDLE_MS : Math.max(1, (performance.now() - started) * REST_TIMES));
}
