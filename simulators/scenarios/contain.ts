/** From the notification to a contained incident, as people at the desk do it: every touch is counted. */
import type { Browser, Locator, Page } from 'playwright-core';
import type { ReceivedMail } from '../cyber/mailbox.ts';
import type { Stage } from '../stage/stage.ts';
import { openWindow, signInAtDesk, type View } from './chromium.ts';

/** Counts what people do: a click, a field filled, a key chord, each is one, whoever of them does it. */
export class Touches {
  readonly list: string[] = [];

  async click(who: string, what: Locator): Promise<void> {
    await what.click();
    this.list.push(`${who} clicks ${what.toString()}`);
  }

  async fill(who: string, field: Locator, value: string): Promise<void> {
    await field.fill(value);
    this.list.push(`${who} fills ${field.toString()}`);
  }

  async press(who: string, page: Page, chord: string): Promise<void> {
    await page.keyboard.press(chord);
    this.list.push(`${who} presses ${chord}`);
  }
}

export interface Contained {
  touches: readonly string[];
  /** From the notification before somebody's eyes to the contained incident, in real time. */
  tookMs: number;
  /** What the person could read of it before doing anything. */
  story: string;
  /** What the next shift reads. */
  note: string;
}

const VIEW: View = { width: 1_440, height: 1_000, theme: 'light' };
const PATIENCE_MS = 60_000;

/** The mail of an incident, the newest, as its person's mailbox has it. @throws Error where none has come */
function mailOf(stage: Stage, incident: string): { mail: ReceivedMail; link: string } {
  for (const mail of stage.mailbox.mails.toReversed()) {
    const link = /^Look at it: (\S+)$/m.exec(mail.text)?.[1];
    const isTheirs = mail.to.includes(`${stage.desk.name}@linden.example`);
    if (isTheirs && link?.endsWith(`#/incidents/${incident}`)) return { mail, link };
  }
  throw new Error(`no mail tells ${stage.desk.name} of ${incident}`);
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** A mail program shows a mail: its words, and its links to be clicked. */
const mailPage = ({ subject, from, text }: ReceivedMail): string =>
  `<!doctype html><title>Mail</title><body style="font:16px/1.5 system-ui;margin:3rem auto;max-width:44rem">
<p style="color:#555">${escaped(from)}</p><h1 style="font-size:1.4rem">${escaped(subject)}</h1>
<p style="white-space:pre-line">${escaped(text).replace(/https?:\/\/\S+/g, (link) => `<a href="${link}">${link}</a>`)}</p>`;

/**
 * One person gets the mail, reads the story, begins the playbook and answers; a second one, on shift at a desk of their
 * own, agrees to the lock; the first says that it is contained. Afterwards the second reads the note as the next shift.
 */
export async function contain(
  stage: Stage,
  browser: Browser,
  { incident, playbook }: { incident: string; playbook: string },
  shoot: (page: Page, name: string) => Promise<void>,
): Promise<Contained> {
  const touches = new Touches();
  const windows = await Promise.all([openWindow(browser, VIEW), openWindow(browser, VIEW)]);
  const [first, second] = await Promise.all(windows.map((window) => window.newPage()));
  if (first === undefined || second === undefined) throw new Error('no window opens');
  for (const page of [first, second]) page.setDefaultTimeout(PATIENCE_MS);
  const them = { url: stage.desk.url, ...stage.second };
  await signInAtDesk(second, them);
  await second.goto(`${stage.desk.url}/#/incidents`);
  const { mail } = mailOf(stage, incident);
  await first.setContent(mailPage(mail));
  await shoot(first, 'contain-1-mail');

  const beganAt = performance.now();
  const { name, password } = stage.desk;
  await touches.click(name, first.getByRole('link').first());
  await touches.fill(name, first.getByLabel(/name/i).first(), name);
  await touches.fill(name, first.getByLabel(/password/i).first(), password);
  await touches.press(name, first, 'Enter');
  const begin = first.getByRole('button', { name: `Begin “${playbook}”` });
  await begin.waitFor();
  const story = (await first.locator('main').textContent()) ?? '';
  await shoot(first, 'contain-2-story');
  await touches.click(name, begin);
  const dialog = first.getByRole('dialog');
  await dialog.getByLabel('the lock of the door concerned').waitFor();
  await shoot(first, 'contain-3-playbook');
  await touches.click(name, dialog.getByRole('button', { name: 'Begin', exact: true }));
  await touches.click(name, first.getByRole('button', { name: /^No: Is somebody of the staff inside/ }));
  await touches.click(name, first.getByRole('button', { name: 'Done: Call the police' }));
  await first.getByRole('heading', { name: 'Lock the forced door' }).waitFor();
  await shoot(first, 'contain-4-steps');

  const other = stage.second.name;
  await touches.click(other, second.locator(`[data-incident="${incident}"]`).first());
  const agree = second.getByRole('button', { name: /^Agree: Lock the forced door/ });
  await agree.waitFor();
  await agree.scrollIntoViewIfNeeded();
  await shoot(second, 'contain-5-agree');
  await touches.click(other, agree);

  // What comes after the lock is there only when the gateway has said that the lock is locked.
  await first.getByRole('heading', { name: 'Afterwards: passwords, codes, evidence' }).waitFor();
  await touches.click(name, first.getByRole('button', { name: 'Contain', exact: true }));
  const contained = dialog.getByRole('button', { name: 'Contained' });
  await contained.waitFor();
  await shoot(first, 'contain-6-note');
  await touches.click(name, contained);
  await dialog.waitFor({ state: 'detached' });
  await first.locator('.incident-header').getByText('Contained', { exact: true }).first().waitFor();
  const tookMs = performance.now() - beganAt;
  await shoot(first, 'contain-7-contained');

  await second.goto(`${stage.desk.url}/#/shifts`);
  const read = second.getByRole('button', { name: 'I have read it' });
  await read.waitFor();
  const note = (await second.locator('.handed-note').first().textContent()) ?? '';
  await shoot(second, 'contain-8-next-shift');
  await read.click();
  await second.getByText(`Read by ${other}`).waitFor();
  await Promise.all(windows.map((window) => window.close()));
  return { touches: touches.list, tookMs, story, note };
}
