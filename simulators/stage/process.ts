import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** A process that has not said that it is ready by then has failed. */
const READY_WITHIN_MS = 45_000;
const RESTART_AFTER_MS = 500;
const STOP_WITHIN_MS = 5_000;

export interface HouseOptions {
  name: string;
  /** Its main, from the project's root: `cloud/main.ts`. */
  main: string;
  args: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** Folder for its log. */
  logs: string;
  /** It ended by itself and is started again. */
  onRestart(code: number | null, signal: string | null): void;
}

function newReady() {
  const ready = Promise.withResolvers<Record<string, unknown>>();
  // Nobody may be waiting when a process ends.
  ready.promise.catch(() => {});
  return ready;
}

/** One process of the product, kept running: what a service manager does on a real machine. */
export class House {
  readonly #options: HouseOptions;
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;
  #stopping = false;
  #ready = newReady();
  #isReady = false;

  constructor(options: HouseOptions) {
    this.#options = options;
    this.#log = createWriteStream(join(options.logs, `${options.name}.log`), { flags: 'a' });
  }

  /** Whether the process that runs now has said that it is ready. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Starts it; resolves with the line in which it says that it is ready. */
  start(): Promise<Record<string, unknown>> {
    this.#launch();
    return this.ready();
  }

  /** Resolves once the process that runs now is ready. */
  async ready(): Promise<Record<string, unknown>> {
    const late = AbortSignal.timeout(READY_WITHIN_MS);
    return Promise.race([
      this.#ready.promise,
      new Promise<never>((_resolve, reject) => {
        late.addEventListener('abort', () =>
          reject(new Error(`${this.#options.name} was not ready in time; see its log`)),
        );
      }),
    ]);
  }

  get processId(): number | undefined {
    return this.#child?.pid;
  }

  /** Pulls its plug: it is started again as after a crash. */
  kill(): void {
    // From this moment on the process that is meant is the next one.
    if (this.#child?.exitCode === null && this.#child.signalCode === null) this.#ready = newReady();
    this.#isReady = false;
    this.#child?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
    this.#log.end();
  }

  #launch(): void {
    const { main, args, environment, name, onRestart } = this.#options;
    const child = spawn(process.execPath, [join(root, main), ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const ready = this.#ready;
    let line = '';
    let lastWords = '';
    child.stdout.on('data', (chunk: Buffer) => {
      this.#log.write(chunk);
      line += chunk.toString('utf8');
      for (let end = line.indexOf('\n'); end !== -1; end = line.indexOf('\n')) {
        const said = readyLine(line.slice(0, end));
        if (said !== undefined) {
          ready.resolve(said);
          this.#isReady = this.#ready === ready;
        }
        line = line.slice(end + 1);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#log.write(chunk);
      lastWords = (lastWords + chunk.toString('utf8')).slice(-2_000);
    });
    child.on('exit', (code, signal) => {
      const lastLine = lastWords.trim().split('\n').at(-1) ?? '';
      ready.reject(new Error(`${name} ended with ${code ?? signal}: ${lastLine}`));
      this.#isReady = false;
      if (this.#stopping) return;
      // Whoever asks from now on asks for the next one.
      if (this.#ready === ready) this.#ready = newReady();
      onRestart(code, signal);
      setTimeout(() => {
        if (!this.#stopping) this.#launch();
      }, RESTART_AFTER_MS);
    });
  }
}

/** The line of JSON in which a process says that it is ready; undefined for anything else, which is for its log. */
function readyLine(line: string): Record<string, unknown> | undefined {
  try {
    const said = JSON.parse(line) as Record<string, unknown>;
    return said.ready === true ? said : undefined;
  } catch {
    return undefined;
  }
}
