/// <reference types="node" />
/** For tests only: the built desk over the fixtures, in a window of the run's own Chromium. */
import type { Browser } from 'playwright-core';
import type { Role, SituationalPicture } from '../../../cloud/api/contract.ts';
import {
  builtApplication,
  openWindow,
  stageBrowser,
  type Window,
  type WindowOptions,
} from '../../kit/testing/stage.ts';
import { type DeskServer, startDeskServer } from './server.ts';

/** The desk as this run built it. */
export const buildDesk = async (): Promise<{ folder: string; remove: () => Promise<void> }> => ({
  folder: await builtApplication('desk'),
  // It goes with the run.
  remove: async () => undefined,
});

export const openBrowser = stageBrowser;

export interface DeskOptions extends WindowOptions {
  isSignedIn?: boolean;
  content?: 'full' | 'empty';
  role?: Role;
  /** Another picture than that of `content`. */
  picture?: SituationalPicture;
}

export interface OpenDesk extends Window {
  server: DeskServer;
  /** Ends the window and its server. */
  close: () => Promise<void>;
}

/** A desk of its own, opened at a path such as `#/incidents`. */
export async function openDesk(browser: Browser, path: string, options: DeskOptions = {}): Promise<OpenDesk> {
  const { isSignedIn = true, content = 'full', role, picture, ...window } = options;
  const server = await startDeskServer({
    folder: await builtApplication('desk'),
    isSignedIn,
    content,
    ...(role === undefined ? {} : { role }),
    ...(picture === undefined ? {} : { picture }),
  });
  const opened = await openWindow(browser, server.address, window);
  await opened.page.goto(server.address + path);
  const close = async () => {
    await opened.context.close();
    await server.close();
  };
  return { ...opened, server, close };
}
