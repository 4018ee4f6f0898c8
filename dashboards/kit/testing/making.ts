/// <reference types="node" />
/** For tests and for taking pictures: how an application is built and a browser started. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const projectRoot = new URL('../../../', import.meta.url).pathname;

export const applications = ['awareness', 'desk', 'site'] as const;
export type Application = (typeof applications)[number];

/** Debian's Chromium, without what would reach out of this machine. */
export const chromiumOptions = {
  executablePath: process.env.GATEHOUSE_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/**
 * Builds one application from the sources as they are, in a process of its own, into a folder within another.
 * @returns the folder with its index.html
 * @throws with all that the build said
 */
export async function buildApplication(application: Application, within: string): Promise<string> {
  const outDir = join(within, application);
  const vite = join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js');
  const config = join(projectRoot, 'dashboards', 'vite.config.ts');
  const child = spawn(
    process.execPath,
    [vite, 'build', '--config', config, '--mode', application, '--outDir', outDir, '--emptyOutDir'],
    // A test runner's own NODE_ENV would build in the libraries' checks for development.
    { cwd: projectRoot, env: { ...process.env, NODE_ENV: 'production' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`dashboards/${application} cannot be built:\n${said}`);
  return outDir;
}
