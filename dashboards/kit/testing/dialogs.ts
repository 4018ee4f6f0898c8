/// <reference types="node" />
/** For tests only: presses every button of a page once, and looks at what opens. */
import type { Page } from 'playwright-core';
import { sweep } from './accessibility.ts';

/** Dialogs, details beside a thing, and menus that are open. */
const OPEN = 'dialog[open], [popover]:popover-open';
/** How long something that is fetched first may take to open. */
const OPENING_MS = 100;

interface Pressed {
  opened: boolean;
  left: boolean;
  name: string;
}

/**
 * Runs in the page: lists what kinds of buttons it has, or presses the first of one kind. What stands in each row of a
 * list, or for each thing on a plan, is one kind.
 */
async function press({ kind: wanted, open, ms }: { kind?: string; open: string; ms: number }): Promise<{
  kinds: string[];
  pressed?: Pressed;
}> {
  const nameOf = (button: Element) => (button.getAttribute('aria-label') ?? button.textContent ?? '').trim();
  const kindOf = (button: Element) => {
    const isPlain = /(^| )(icon-)?button( |$)/.test(button.className);
    const look = button.className.split(' ').slice(0, isPlain ? undefined : 2);
    return [...look, ...(isPlain ? [nameOf(button).split(/[\s:]/)[0]] : [])].join(' ');
  };
  const buttons = [...document.querySelectorAll<HTMLElement>('main button:not([role], [lang])')].filter(
    (button) => button.checkVisibility() && !button.matches(':disabled'),
  );
  const kinds = [...new Set(buttons.map(kindOf))];
  const button = buttons.find((each) => kindOf(each) === wanted);
  if (button === undefined) return { kinds };
  const before = location.hash;
  button.focus();
  button.click();
  button.setAttribute('data-pressed', '');
  await new Promise((resolve) => setTimeout(resolve, ms));
  return {
    kinds,
    pressed: {
      opened: document.querySelector(open) !== null,
      left: location.hash !== before,
      name: nameOf(button),
    },
  };
}

export interface Openings {
  /** Names of the buttons that opened something. */
  opened: string[];
  faults: string[];
}

/**
 * Everything that one press opens is looked at in both themes at three widths; Escape closes it and the focus is back on
 * what opened it. Nothing that is pressed may change anything: let the server refuse.
 */
export async function openEach(page: Page): Promise<Openings> {
  const address = page.url();
  const result: Openings = { opened: [], faults: [] };
  const { kinds } = await page.evaluate(press, { open: OPEN, ms: 0 });
  for (const kind of kinds) {
    // Another language loads the page anew.
    const { pressed } = await page
      .evaluate(press, { kind, open: OPEN, ms: OPENING_MS })
      .catch(() => ({ pressed: undefined }));
    await page.waitForLoadState();
    if (pressed === undefined) continue;
    const told = (faults: string[]) =>
      result.faults.push(...faults.map((fault) => `${pressed.name}: ${fault}`));
    if (pressed.opened) {
      result.opened.push(pressed.name);
      told(await sweep(page, OPEN));
      for (let tries = 0; tries < 3 && (await page.locator(OPEN).count()) > 0; tries++)
        await page.keyboard.press('Escape');
      if ((await page.locator(OPEN).count()) > 0) told(['Escape does not close it']);
      const focus = await page.evaluate(() => {
        const focused = document.activeElement;
        const button = document.querySelector('[data-pressed]');
        return button === null || focused === button
          ? undefined
          : (focused?.outerHTML.slice(0, 140) ?? 'nothing');
      });
      if (focus !== undefined) told([`Escape gives the focus to ${focus}`]);
    }
    await page.evaluate(() => document.querySelector('[data-pressed]')?.removeAttribute('data-pressed'));
    if (pressed.left) {
      await page.evaluate((to) => location.replace(to), address);
      await page.waitForTimeout(OPENING_MS);
    }
  }
  return result;
}
