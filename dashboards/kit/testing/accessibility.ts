/// <reference types="node" />
/**
 * For tests only: looks a page over with axe, in both themes at three widths, without loading it again.
 *
 * All rules run once, at desk width in the light theme. What is left out of the other five looks could not answer
 * otherwise than it did:
 * - A theme changes colours and nothing else: only styles/tokens.css knows of themes, and both define the same names
 *   (kit.test.ts). So the other theme is looked over for contrast.
 * - A width moves, shows and hides things. Rules about places and sizes, and those about the page as a whole, run on all
 *   of it at each width; every other rule runs on what was shown or hidden, and on what is named by it.
 * - Contrast depends on the colours of a text and of all that lies below it, on size and weight. A text is looked at
 *   wherever it differs in any of these from all texts that this page was looked over for already.
 * - A dialog that is as large as it was, with all its parts in their places, is the same at another width.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const resolveFrom = (from: string) => createRequire(from).resolve;
const axeSource = readFileSync(
  resolveFrom(resolveFrom(import.meta.url)('@axe-core/playwright'))('axe-core/axe.min.js'),
  'utf8',
);

export const widths = { desk: 1_440, tablet: 834, phone: 390 } as const;
export type WidthName = keyof typeof widths;

/** Below this height nothing is looked at; a page that is higher is shown as a whole, as far as a screen may go. */
const SCREEN_HEIGHT = 900;
const MAX_HEIGHT = 6_000;
const GROWTHS = 4;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** An empty page would break no rule either. */
const LEAST_PASSES = { page: 15, part: 3 };

interface Look {
  tags: readonly string[];
  /** All rules on everything; otherwise what a width can change, or only colours. */
  what: 'all' | 'width' | 'colours';
  /** A dialog instead of the page. */
  part: string | undefined;
}
interface Found {
  faults: string[];
  passes: number;
}

/** The part of axe that is used in the page. */
interface Axe {
  run(
    context: Document | { include: Element[] },
    options: object,
  ): Promise<{
    violations: { id: string; nodes: { html: string }[] }[];
    passes: { id: string }[];
    incomplete: { id: string }[];
    inapplicable: { id: string }[];
  }>;
}

/** Runs in the page. */
async function look({ tags, what, part }: Look): Promise<Found> {
  const kept = globalThis as typeof globalThis & {
    axe: Axe;
    /** All rules there are, what could be seen when they ran, and how every text looked that was looked at. */
    gatehouseSeen?: { rules: string[]; size: string; shown: Set<Element>; texts: Set<string> };
  };
  const { axe } = kept;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  await frame();
  // On its way from one theme's colours to the other's nothing is as it is designed.
  for (const moving of document.getAnimations()) if (moving instanceof CSSTransition) moving.finish();
  const seen = kept.gatehouseSeen ?? {
    rules: [],
    size: '',
    shown: new Set<Element>(),
    texts: new Set<string>(),
  };
  kept.gatehouseSeen = seen;
  const root = part === undefined ? document.body : document.querySelector(part);
  if (root === null) return { faults: [`there is no ${part}`], passes: 0 };
  const everything = part === undefined ? document : { include: [root] };
  const elements = [...root.querySelectorAll('*')];
  const shown = elements.filter((element) => element.checkVisibility({ visibilityProperty: true }));

  // Every part of a dialog that is where it was within it, and as large.
  const { left, top } = root.getBoundingClientRect();
  const size =
    part === undefined
      ? ''
      : shown
          .map((element) => element.getBoundingClientRect())
          .map((box) => [box.left - left, box.top - top, box.width, box.height].map(Math.round).join())
          .join(' ');

  const chains = new Map<Element, string>();
  const chainOf = (element: Element | null): string => {
    if (element === null) return '';
    const known = chains.get(element);
    if (known !== undefined) return known;
    const style = getComputedStyle(element);
    const own = [
      style.backgroundColor === 'rgba(0, 0, 0, 0)' ? '' : style.backgroundColor,
      style.backgroundImage === 'none' ? '' : style.backgroundImage,
      style.opacity === '1' ? '' : style.opacity,
      style.filter === 'none' ? '' : style.filter,
      // What is laid over others may lie over anything.
      style.position === 'static' || style.position === 'relative' ? '' : `${element.className}`,
    ].join('');
    const chain = own === '' ? chainOf(element.parentElement) : `${chainOf(element.parentElement)}>${own}`;
    chains.set(element, chain);
    return chain;
  };
  const fresh: Element[] = [];
  for (const element of shown) {
    const isText =
      [...element.childNodes].some((node) => node.nodeType === 3 && (node.nodeValue ?? '').trim() !== '') ||
      element.matches('input, select, textarea');
    if (!isText) continue;
    const style = getComputedStyle(element);
    const look = [
      element.localName,
      element.getAttribute('class'),
      element.closest('[disabled], [aria-disabled="true"]') !== null,
      style.color,
      style.fontSize,
      style.fontWeight,
      style.textShadow,
      chainOf(element),
    ].join('|');
    if (seen.texts.has(look)) continue;
    seen.texts.add(look);
    fresh.push(element);
  }

  const result: Found = { faults: [], passes: 0 };
  const run = async (within: Document | { include: Element[] }, options: object) => {
    // What is live may have gone since it was found.
    const include = 'include' in within ? within.include.filter((element) => element.isConnected) : undefined;
    if (include?.length === 0) return [];
    const { violations, passes, incomplete, inapplicable } = await axe.run(
      include === undefined ? document : { include },
      { resultTypes: ['violations'], preload: false, ...options },
    );
    result.passes += passes.length;
    for (const { id, nodes } of violations)
      result.faults.push(`${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
    return [...violations, ...passes, ...incomplete, ...inapplicable].map(({ id }) => id);
  };
  const rules = (values: string[]) => ({ runOnly: { type: 'rule', values } });
  const colours = ['color-contrast', 'link-in-text-block'];
  if (what === 'all') {
    seen.shown = new Set(shown);
    seen.size = size;
    seen.rules = await run(everything, { runOnly: tags });
    return result;
  }
  if (what === 'width' && (part === undefined || size !== seen.size)) {
    const all = seen.rules;
    const ofPlaces = ['target-size', 'scrollable-region-focusable'];
    const ofThePage = all.filter(
      (id) =>
        id.startsWith('landmark-') ||
        ['bypass', 'heading-order', 'page-has-heading-one', 'region', 'skip-link'].includes(id),
    );
    await run(everything, rules([...ofPlaces, ...ofThePage]));
    const now = new Set(shown);
    const named =
      'a, button, input, select, textarea, summary, label, td, th, li, figure, [role], [aria-labelledby]';
    const changed = new Set<Element>();
    for (const element of elements) {
      if (now.has(element) === seen.shown.has(element)) continue;
      if (now.has(element)) changed.add(element);
      const holder = element.parentElement?.closest(named);
      if (holder != null && now.has(holder)) changed.add(holder);
    }
    const outermost = [...changed].filter((element) => {
      for (let above = element.parentElement; above !== null; above = above.parentElement)
        if (changed.has(above)) return false;
      return true;
    });
    const rest = all.filter((id) => ![...ofPlaces, ...ofThePage, ...colours].includes(id));
    await run({ include: outermost }, rules(rest));
    const wider =
      part === undefined
        ? document.documentElement.scrollWidth - document.documentElement.clientWidth
        : Math.round(root.getBoundingClientRect().right - innerWidth);
    if (wider > 0) {
      const out = shown.find((element) => element.getBoundingClientRect().right > innerWidth + 1);
      result.faults.push(`${wider} px wider than the screen: ${(out ?? root).outerHTML.slice(0, 160)}`);
    }
  }
  await run({ include: fresh }, rules(colours));
  return result;
}

async function lookAt(page: Page, what: Look['what'], part: string | undefined): Promise<Found> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  return page.evaluate(look, { tags: TAGS, what, part });
}

/** The whole page is on the screen: a bar below may cover half of a button that one scroll brings out. */
async function resize(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: SCREEN_HEIGHT });
  // What takes its share of the screen grows with it.
  for (let shown = SCREEN_HEIGHT, grown = 0; grown < GROWTHS; grown++) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    if (height <= shown || shown === MAX_HEIGHT) return;
    shown = Math.min(height, MAX_HEIGHT);
    await page.setViewportSize({ width, height: shown });
  }
}

/** What breaks a rule of accessibility as the page is now: all rules, this width, this theme. */
export async function violations(page: Page, part?: string): Promise<string[]> {
  const { faults, passes } = await lookAt(page, 'all', part);
  if (passes < (part === undefined ? LEAST_PASSES.page : LEAST_PASSES.part))
    faults.push(`only ${passes} rules had anything to say`);
  return faults;
}

/**
 * What breaks a rule of accessibility, or is wider than the screen, in either theme at any of three widths. The page
 * follows the system's theme; it is left at desk width in the light one.
 * @param part a dialog's selector, to look at it alone
 */
export async function sweep(page: Page, part?: string): Promise<string[]> {
  const faults: string[] = [];
  for (const [name, width] of Object.entries(widths)) {
    await (part === undefined ? resize(page, width) : page.setViewportSize({ width, height: SCREEN_HEIGHT }));
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const found =
        colorScheme === 'dark'
          ? (await lookAt(page, 'colours', part)).faults
          : name === 'desk'
            ? await violations(page, part)
            : (await lookAt(page, 'width', part)).faults;
      faults.push(...found.map((fault) => `${name}, ${colorScheme}: ${fault}`));
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: widths.desk, height: SCREEN_HEIGHT });
  return [...new Set(faults)];
}
