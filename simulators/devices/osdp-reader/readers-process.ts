/** Simulated readers on one line as a process of its own, for tests: what is tried against them may stall or die. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
/** Generous: the machine may be busy with other tests. */
const PATIENCE_MS = 60_000;

/** As `look` tells it. */
export interface Look {
  light: string;
  outputs: boolean[];
  beeps: number;
  text: string;
  secure: boolean;
  hasKey: boolean;
  handshakes: number;
}

export class ReadersProcess {
  private readonly lines: string[] = [];
  private readonly child: ChildProcessWithoutNullStreams;

  /** @param readers as `--readers` takes them */
  constructor(readers: string, folder: string) {
    const args = [main, '--readers', readers, '--folder', folder, '--baud', '57600'];
    this.child = spawn(process.execPath, args);
    this.child.stderr.pipe(process.stderr);
    createInterface({ input: this.child.stdout }).on('line', (line) => this.lines.push(line));
  }

  async ready(): Promise<this> {
    await this.until(() => this.lines.some((line) => line.startsWith('stays ')), 'the readers are there');
    return this;
  }

  /** Types a line and waits for its answer. */
  async say(line: string): Promise<string> {
    const heard = this.lines.length;
    this.child.stdin.write(`${line}\n`);
    await this.until(() => this.lines.length > heard, `the readers' answer to "${line}"`);
    return this.lines[heard] ?? '';
  }

  async look(reader: number): Promise<Look> {
    return JSON.parse(await this.say(`${reader} look`)) as Look;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  private async until(isSo: () => boolean, what: string): Promise<void> {
    const startedAt = performance.now();
    while (!isSo()) {
      if (performance.now() - startedAt > PATIENCE_MS) throw new Error(`waited in vain: ${what}`);
      await pause(10);
    }
  }
}
