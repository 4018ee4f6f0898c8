/// <reference types="node" />
/** For tests only: walks a page by the Tab key alone. */
import type { Page } from 'playwright-core';

/** Presses beyond the number of stops after which a walk that has not come to its end is called a trap. */
const EXTRA_PRESSES = 3;
/** Of what has the focus so many parts are looked at. */
const MOST_PARTS = 24;

interface Walk {
  stops: Element[];
  reached: Set<Element>;
  faults: string[];
  /** Ends the noting. */
  ending: AbortController;
}
type Kept = typeof globalThis & { gatehouseWalk?: Walk };

/** Runs in the page: lists the stops, and notes where the focus goes and whether one sees it. */
function begin({ part, most }: { part: string; most: number }): number {
  const name = (element: Element) => element.outerHTML.slice(0, 140);
  const root = document.querySelector(part);
  if (root === null) return 0;
  const wanted = 'a[href], button, input, select, textarea, summary, [tabindex], [contenteditable="true"]';
  const groups = new Set<string>();
  const stops = [...root.querySelectorAll<HTMLElement>(wanted)].filter((element) => {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest('[inert]') !== null)
      return false;
    if (element.matches(':disabled') || element.tabIndex < 0) return false;
    // Of native radios only one of a group is a stop.
    if (element instanceof HTMLInputElement && element.type === 'radio') {
      if (groups.has(element.name)) return false;
      groups.add(element.name);
    }
    return true;
  });
  const kept: Kept = globalThis;
  kept.gatehouseWalk?.ending.abort();
  const walk: Walk = { stops, reached: new Set(), faults: [], ending: new AbortController() };
  const { signal } = walk.ending;
  for (const stop of stops)
    if (stop.tabIndex > 0)
      walk.faults.push(`stands before its place (tabindex ${stop.tabIndex}): ${name(stop)}`);
  // A ring may be around what holds a small control, or before or after it; a line in a drawing changes its colour.
  const looks = (element: Element) => {
    const seen: [Element, string | null][] = [
      [element, null],
      [element, '::before'],
      [element, '::after'],
    ];
    for (const inside of [...element.querySelectorAll('*')].slice(0, most)) seen.push([inside, null]);
    for (
      let above = element.parentElement, up = 0;
      above !== null && up < 3;
      above = above.parentElement, up++
    )
      seen.push([above, null]);
    return seen
      .map(([each, drawn]) => {
        const style = getComputedStyle(each, drawn);
        const { outline, boxShadow, stroke, strokeWidth, fill, backgroundColor, borderColor } = style;
        return [outline, boxShadow, stroke, strokeWidth, fill, backgroundColor, borderColor].join();
      })
      .join(' ');
  };
  const focusedLooks = new Map<Element, string>();
  document.addEventListener(
    'focusin',
    ({ target }) => {
      if (!(target instanceof HTMLElement || target instanceof SVGElement)) return;
      walk.reached.add(target);
      if (target instanceof HTMLInputElement && target.type === 'radio')
        for (const other of document.querySelectorAll<HTMLInputElement>('input[type=radio]'))
          if (other.name === target.name) walk.reached.add(other);
      if (target.tabIndex >= 0) focusedLooks.set(target, looks(target));
    },
    { signal },
  );
  document.addEventListener(
    'focusout',
    ({ target }) => {
      if (!(target instanceof Element)) return;
      const focused = focusedLooks.get(target);
      focusedLooks.delete(target);
      if (focused !== undefined && target.isConnected && focused === looks(target))
        walk.faults.push(`does not show that it has the focus: ${name(target)}`);
    },
    { signal },
  );
  kept.gatehouseWalk = walk;
  // From just before the first stop.
  const before = root instanceof HTMLElement ? root : document.body;
  const had = before.getAttribute('tabindex');
  if (had === null) before.tabIndex = -1;
  before.focus({ preventScroll: true });
  if (had === null) before.removeAttribute('tabindex');
  focusedLooks.clear();
  return stops.length;
}

/**
 * Tab leads to everything that can be operated, in the order of the page, always seen, and out again.
 * @param part where: the page's own part, to not walk the frame around it on each page anew
 */
export async function tabWalk(page: Page, part = 'main'): Promise<string[]> {
  const stops = await page.evaluate(begin, { part, most: MOST_PARTS });
  for (let press = 0; press < stops + EXTRA_PRESSES; press++) await page.keyboard.press('Tab');
  return page.evaluate((part) => {
    const walk = (globalThis as Kept).gatehouseWalk;
    const focused = document.activeElement;
    // The last one, too, has to look otherwise without the focus.
    if (focused instanceof HTMLElement || focused instanceof SVGElement) focused.blur();
    walk?.ending.abort();
    const faults = [...(walk?.faults ?? [])];
    const missed = walk?.stops.filter((stop) => stop.isConnected && !walk.reached.has(stop)) ?? [];
    for (const stop of missed) faults.push(`Tab does not lead there: ${stop.outerHTML.slice(0, 140)}`);
    if (missed.length > 0)
      faults.push(`the focus is left on ${focused?.outerHTML.slice(0, 140)}, in ${part}`);
    return [...new Set(faults)];
  }, part);
}
