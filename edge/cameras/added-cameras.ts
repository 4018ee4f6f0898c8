/**
 * Cameras that were added at the page: one file in the state directory with what they are and their passwords, mode
 * 0600. It is no part of records, metrics, logs or the diagnostics bundle, and is in a back-up, which is sealed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { instant } from '../../devices/model/identifiers.ts';
import { writeWhole } from '../certificates/keeping.ts';
import { type CameraConfiguration, cameraConfiguration } from './configuration.ts';

/** Added at the page; more belong into a file that somebody keeps. */
export const MAX_ADDED = 64;
export const ADDED_FILE = 'cameras.json';

const addedCamera = z.strictObject({
  camera: cameraConfiguration,
  password: z.string().max(256),
  addedAt: instant,
});
export type AddedCamera = z.infer<typeof addedCamera>;
const document = z.strictObject({ cameras: z.array(addedCamera).max(MAX_ADDED) });

export class AddedCameras {
  readonly #path: string;
  readonly #cameras = new Map<string, AddedCamera>();

  /** @param onTrouble the file is there and can't be read: it is left as it is, and nothing is added to it */
  constructor(stateDirectory: string, onTrouble: (message: string) => void) {
    this.#path = join(stateDirectory, ADDED_FILE);
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch {
      return;
    }
    try {
      const { cameras } = document.parse(JSON.parse(text));
      for (const entry of cameras) this.#cameras.set(entry.camera.asset, entry);
    } catch (error) {
      this.#isDamaged = true;
      // Without the parser's own words: they may quote a password.
      const what = error instanceof z.ZodError ? (error.issues[0]?.path.join('.') ?? 'content') : 'JSON';
      onTrouble(`${this.#path} can't be read (${what}): cameras that were added at the page are missing`);
    }
  }
  #isDamaged = false;

  all(): AddedCamera[] {
    return [...this.#cameras.values()];
  }

  of(asset: string): AddedCamera | undefined {
    return this.#cameras.get(asset);
  }

  /** The entry of a camera whose password stands in this very file. */
  entryFor(wanted: Omit<z.input<typeof cameraConfiguration>, 'passwordFile'>): CameraConfiguration {
    return cameraConfiguration.parse({ ...wanted, passwordFile: this.#path });
  }

  /** On disk when it returns. @throws Error where there is no room, or the file can't be read or written */
  put(entry: AddedCamera): void {
    if (this.#isDamaged) throw new Error(`${this.#path} can't be read: put it right or aside first`);
    if (this.#cameras.size >= MAX_ADDED && !this.#cameras.has(entry.camera.asset))
      throw new Error(`${MAX_ADDED} cameras were added at the page: put some into the configuration`);
    const next = new Map(this.#cameras).set(entry.camera.asset, entry);
    this.#write([...next.values()]);
    this.#cameras.set(entry.camera.asset, entry);
  }

  remove(asset: string): void {
    if (!this.#cameras.has(asset)) return;
    this.#write(this.all().filter(({ camera }) => camera.asset !== asset));
    this.#cameras.delete(asset);
  }

  #write(cameras: AddedCamera[]): void {
    writeWhole(this.#path, JSON.stringify({ cameras }), 0o600);
  }
}
