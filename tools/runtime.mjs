// What every command of the repository does first: the right Node, the packages, the pages. Runs on Node 20.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Ends the command with one line that says what is wrong and what helps. */
export function stop(line) {
  process.stderr.write(`gatehouse: ${line}\n`);
  process.exit(1);
}

/** Old Nodes lack what even the set-up needs: say so before anything else fails in its own words. */
export function requireNode(major) {
  const running = Number(process.versions.node.split('.')[0]);
  if (running < major) stop(`this needs Node ${major} or later; this is Node ${process.versions.node}`);
}

/** The Node that the repository pins, so that an older system Node can still install and run everything. */
export function pinnedNode() {
  const pinned = join(projectRoot, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  if (process.platform === 'linux' && existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return stop(
    `no pinned Node for ${process.platform} ${process.arch}; install Node 24 or later and try again`,
  );
}

/** Runs a command to its end with its output shown; Ctrl-C reaches it. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: 'inherit', ...options });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    child.on('error', (error) => stop(`cannot run ${command}: ${error.message}`));
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
      resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1));
    });
  });
}

/** A long step says that it is still at work. */
async function withProgress(title, work) {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  process.stderr.write(`${title} …\n`);
  const ticker = setInterval(() => process.stderr.write(`  … ${seconds()} s\n`), 10_000);
  try {
    return await work();
  } finally {
    clearInterval(ticker);
    process.stderr.write(`  done in ${seconds()} s\n`);
  }
}

const digestOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/**
 * Installs the packages of the lock file unless that very lock file is installed already. What Node compiles from then
 * on is kept beside them: the second start of a process takes half the work of the first.
 */
export async function ensurePackages() {
  requireNode(20);
  await installPackages();
  process.env.NODE_COMPILE_CACHE ??= join(projectRoot, 'node_modules', '.cache', 'compiled');
}

async function installPackages() {
  const stamp = join(projectRoot, 'node_modules', '.installed-from');
  const wanted = `${digestOf(join(projectRoot, 'package-lock.json'))} ${process.platform} ${process.arch}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  try {
    accessSync(projectRoot, constants.W_OK);
  } catch {
    stop(`${projectRoot} can't be written; the packages are installed there`);
  }
  const code = await withProgress('Installing the packages (npm ci)', () =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']),
  );
  if (code !== 0) stop(`npm ci ended with ${code}; its own lines above say why`);
  writeFileSync(stamp, wanted);
}

function newestChange(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.parentPath.includes('/dist')) continue;
    newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
  }
  return newest;
}

/** Builds the pages unless they are newer than their sources. */
export async function ensurePages() {
  const folder = join(projectRoot, 'dashboards');
  const stamp = join(folder, 'dist', '.built');
  if (existsSync(stamp) && statSync(stamp).mtimeMs > newestChange(folder)) return;
  const code = await withProgress('Building the pages', () =>
    run(pinnedNode(), [join(folder, 'build.ts')], { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  if (code !== 0) stop(`building the pages ended with ${code}`);
  writeFileSync(stamp, '');
}
