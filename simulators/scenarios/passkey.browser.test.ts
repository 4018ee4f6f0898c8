/// <reference types="node" />
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CloudRig, PASSWORD, startRig } from '../../cloud/testing.ts';
import { buildDesk, openBrowser } from '../../dashboards/desk/testing/browser.ts';

let built: Awaited<ReturnType<typeof buildDesk>>;
let browser: Browser;
let rig: CloudRig;
beforeAll(async () => {
  built = await buildDesk();
  browser = await openBrowser();
  rig = await startRig({
    http: { port: 0, pages: built.folder },
    signIn: { demands: { administrator: 'passkey' } },
  });
});
afterAll(async () => {
  await browser?.close();
  await rig?.stop();
  await built?.remove();
});

it('a passkey is made by keyboard, opens the desk, and is all that is needed the next time', async () => {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  // Passkeys are bound to names, not to numbers.
  const desk = rig.address.replace('127.0.0.1', 'localhost');
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const axe = async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  };
  await page.goto(desk);
  await page.getByLabel('Name').waitFor();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
  await axe();
  // The name has the focus when the page opens.
  await page.keyboard.type('administrator');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  // The role demands a passkey: the own account is all there is.
  await page.getByText('Your role demands a second factor.').waitFor();
  const add = page.getByRole('button', { name: 'Add a passkey' });
  await add.focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('What do you call it?').waitFor();
  await axe();
  await page.keyboard.type('laptop');
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').first().waitFor();
  await page.getByText('laptop').waitFor();
  await context.clearCookies();
  await page.goto(desk);
  await page.reload();
  const button = page.getByRole('button', { name: 'Sign in with a passkey' });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').first().waitFor();
  await context.close();
}, 120_000);
