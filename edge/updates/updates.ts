/** Signed configurations: taken into the gateway's own files, and put back when they do no good. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BundleStatement, ContactRequest, SignedBundle } from '../../devices/enrolment.ts';
import { writeWhole } from '../certificates/keeping.ts';
import { type GatewayConfiguration, readGatewayConfiguration } from '../config.ts';
import {
  begin,
  goBack,
  type Health,
  judge,
  NOTHING_TAKEN,
  refuse,
  started,
  type UpdateState,
  updateState,
} from './probation.ts';
import { type Expected, verifyBundle } from './verify.ts';

/** Beside the configuration, not in the state directory: where that is, the configuration says. */
export const updatesFolder = (configurationFile: string): string =>
  join(dirname(configurationFile), `.${basename(configurationFile)}.updates`);

export class Updates {
  readonly #file: string;
  readonly #folder: string;
  #state: UpdateState;

  /** @throws Error where what is kept can't be read: an older bundle must not be taken because of that */
  constructor(configurationFile: string) {
    this.#file = configurationFile;
    this.#folder = updatesFolder(configurationFile);
    const file = join(this.#folder, 'state.json');
    this.#state = existsSync(file)
      ? updateState.parse(JSON.parse(readFileSync(file, 'utf8')))
      : NOTHING_TAKEN;
  }

  get status(): ContactRequest['bundle'] {
    const { counter, state, detail } = this.#state;
    return { counter, state, detail };
  }

  get isOnProbation(): boolean {
    return this.#state.state === 'probation';
  }

  /** Before the configuration is read: counts the start, and goes back where there were too many. */
  start(): void {
    const next = started(this.#state);
    if (next.state === 'returned' && this.#state.state === 'probation') this.#restore();
    this.#set(next);
  }

  /** What lies there can't even be read, or the gateway can't start with it: the last good one again. */
  putBack(because: string): boolean {
    if (!this.isOnProbation) return false;
    this.#restore();
    this.#set(goBack(this.#state, because));
    return true;
  }

  /**
   * Takes a bundle in. The files are in place when this returns true, and on probation; false: it was refused.
   * Killed in between, either the old files or the new ones lie there, and the probation stands before them.
   */
  take(bundle: SignedBundle, expected: Omit<Expected, 'counter'>, inForce: GatewayConfiguration): boolean {
    const verdict = verifyBundle(bundle, { ...expected, counter: this.#state.counter });
    if ('problem' in verdict) {
      this.#set(refuse(this.#state, verdict.counter, verdict.problem));
      return false;
    }
    const { statement } = verdict;
    const problem = this.#problemOf(statement, inForce);
    if (problem !== undefined || statement.kind !== 'configuration') {
      this.#set(refuse(this.#state, statement.counter, problem ?? 'not a configuration'));
      return false;
    }
    this.#saveGood(inForce);
    this.#set(begin(statement.counter, statement.note));
    if (statement.registry !== undefined) writeWhole(inForce.registryFile, statement.registry, 0o600);
    if (statement.configuration !== undefined) writeWhole(this.#file, statement.configuration, 0o600);
    return true;
  }

  /** @returns whether the files of before were put back: they must be taken now */
  judge(health: Health): boolean {
    const next = judge(this.#state, health);
    if (next === this.#state) return false;
    if (next.state === 'returned') this.#restore();
    this.#set(next);
    return next.state === 'returned';
  }

  #problemOf(statement: BundleStatement, inForce: GatewayConfiguration): string | undefined {
    if (statement.kind === 'update')
      return `${statement.version} is signed and newer; software is installed by this machine's package manager`;
    const { configuration, registry } = statement;
    const given = (file: string) => {
      if (file === this.#file && configuration !== undefined) return configuration;
      if (file === inForce.registryFile && registry !== undefined) return registry;
      return readFileSync(file, 'utf8');
    };
    try {
      const wanted = readGatewayConfiguration(this.#file, given);
      const { id, site, state } = inForce.gateway;
      // Another name or another directory would be another gateway: it would lose what it keeps.
      if (wanted.gateway.id !== id || wanted.gateway.site !== site || wanted.gateway.state !== state)
        return 'it changes who the gateway is, or where it keeps its state';
      if (wanted.registryFile !== inForce.registryFile) return 'it names another file for the registry';
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message.split('\n')[0]?.slice(0, 250) : String(error);
    }
  }

  #saveGood({ registryFile }: GatewayConfiguration): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const files = [this.#file, registryFile].map((file) => ({ file, text: readFileSync(file, 'utf8') }));
    writeWhole(join(this.#folder, 'good.json'), JSON.stringify(files), 0o600);
  }

  #restore(): void {
    const file = join(this.#folder, 'good.json');
    const files: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!Array.isArray(files)) throw new Error(`${file} is damaged`);
    for (const one of files) writeWhole(String(one.file), String(one.text), 0o600);
  }

  #set(next: UpdateState): void {
    if (next === this.#state) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeWhole(join(this.#folder, 'state.json'), JSON.stringify(next), 0o600);
    this.#state = next;
  }

  wipe(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
