/// <reference types="node" />
/**
 * Vitest's global setup for tests in a browser. Nothing is built or started here: a small server waits until a test asks
 * for a built application or for the browser, and gives the same one to every test of this run. Each run builds into a
 * folder of its own, so that it is never another state of the sources that is tested.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';
import { type Application, applications, buildApplication } from './making.ts';

/** One Chromium for all tests, in a process of its own: it ends with this one. */
async function openBrowser(): Promise<{ endpoint: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [new URL('./browser-process.ts', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const endpoint of createInterface({ input: child.stdout })) return { endpoint, child };
  throw new Error('Chromium does not start');
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-stage-'));
  const built = new Map<Application, Promise<string>>();
  let browser: ReturnType<typeof openBrowser> | undefined;
  const wanted = (name: string): Promise<string> => {
    if (name === 'browser') {
      browser ??= openBrowser();
      return browser.then(({ endpoint }) => endpoint);
    }
    const application = applications.find((one) => one === name);
    if (application === undefined) throw new Error(`the stage has no "${name}"`);
    const there = built.get(application) ?? buildApplication(application, folder);
    built.set(application, there);
    return there;
  };
  const answer = async (name: string, response: ServerResponse) => {
    try {
      response.end(await wanted(name));
    } catch (error) {
      response.writeHead(500).end(error instanceof Error ? error.message : String(error));
    }
  };
  const server = createServer((request, response) => void answer(request.url?.slice(1) ?? '', response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  project.provide('stage', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  // While somebody watches, a changed source is built anew.
  project.onTestsRerun(async () => built.clear());
  return async () => {
    server.close();
    server.closeAllConnections();
    const child = (await browser?.catch(() => undefined))?.child;
    if (child?.exitCode === null) {
      child.stdin?.end();
      await once(child, 'exit');
    }
    await Promise.allSettled(built.values());
    await rm(folder, { recursive: true, force: true });
  };
}
