/**
 * A folder that looks like /dev to whoever searches it: `ttyACM<number>` for each plugged board, and a
 * name that stays under `serial/by-id`, as udev would give.
 */
import { lstatSync, mkdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** More boards than this in one folder is a mistake. */
const MAX_PORTS = 1_000;

/** The next number to give, by folder: a board that comes back gets another name than it had. */
const nextNumbers = new Map<string, number>();

export interface PortNames {
  /** `<folder>/ttyACM<number>` */
  readonly port: string;
  /** `<folder>/serial/by-id/usb-Gatehouse_<name>-if00` */
  readonly byId: string;
}

/**
 * Gives a terminal its two names.
 * @throws Error where the folder can't be written, or holds more than MAX_PORTS names
 */
export function nameTerminal(folder: string, name: string, terminal: string): PortNames {
  const byIdFolder = join(folder, 'serial', 'by-id');
  mkdirSync(byIdFolder, { recursive: true });
  const byId = join(byIdFolder, `usb-Gatehouse_${name}-if00`);
  removeLink(byId);
  symlinkSync(terminal, byId);
  const first = nextNumbers.get(folder) ?? 0;
  for (let tried = 0; tried < MAX_PORTS; tried++) {
    const number = (first + tried) % MAX_PORTS;
    const port = join(folder, `ttyACM${number}`);
    if (lstatSync(port, { throwIfNoEntry: false }) !== undefined) continue;
    symlinkSync(terminal, port);
    nextNumbers.set(folder, number + 1);
    return { port, byId };
  }
  throw new Error(`${folder}: more than ${MAX_PORTS} ports`);
}

/** Takes the names away, unless somebody else has taken them over. */
export function forgetTerminal(names: PortNames, terminal: string): void {
  for (const path of [names.port, names.byId]) {
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry?.isSymbolicLink() && readlinkSync(path) === terminal) removeLink(path);
  }
}

function removeLink(path: string): void {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return;
  if (!entry.isSymbolicLink()) throw new Error(`${path}: is no symbolic link; not replaced`);
  unlinkSync(path);
}
