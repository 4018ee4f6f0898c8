/// <reference types="node" />
/** For tests only: waits until a page has all that it shows. */
import type { Page, Request } from 'playwright-core';

/** Frames without a question to the server and without a place that is held for an answer. */
const QUIET_FRAMES = 3;
const POLL_MS = 30;
const LONGEST_MS = 15_000;

const isStream = (request: Request) => request.url().endsWith('/stream');

/** Counts from now on what a page waits for. Returns a wait for the moment when that is nothing any more. */
export function watchAnswers(page: Page): () => Promise<void> {
  const waiting = new Set<Request>();
  page.on('request', (request) => {
    if (!isStream(request)) waiting.add(request);
  });
  const done = (request: Request) => waiting.delete(request);
  // An answer that nobody reads to its end is never called finished.
  page.on('response', (response) => done(response.request()));
  page.on('requestfailed', done);
  return async () => {
    const until = Date.now() + LONGEST_MS;
    for (let quiet = 0; quiet < QUIET_FRAMES; ) {
      const holds = await page.evaluate(
        () =>
          new Promise<boolean>((resolve) =>
            requestAnimationFrame(() =>
              resolve(
                [...document.querySelectorAll('.skeleton, main:empty')].some((each) =>
                  each.checkVisibility(),
                ) || document.querySelector('main') === null,
              ),
            ),
          ),
      );
      quiet = holds || waiting.size > 0 ? 0 : quiet + 1;
      if (Date.now() > until)
        throw new Error(
          `the page waits: ${[...waiting].map((request) => request.url()).join(', ') || 'a place is held'}`,
        );
      if (quiet === 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
}
