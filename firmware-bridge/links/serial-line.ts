/** One opened serial port, from its opening to its hang-up. */
import { stat } from 'node:fs/promises';
import { SerialPort } from 'serialport';

/** A port that can't be closed within this time is given up; the system closes it with the process. */
const CLOSE_TIMEOUT_MS = 2_000;

/** How often the port's name is looked at: serialport notices a hang-up only if it comes between two reads. */
const PRESENCE_MS = 1_000;

/** Bytes that may wait to be written. Frames are small and repeated; a line that takes nothing gets no more. */
const MAX_UNWRITTEN_BYTES = 4_096;

/** A port that can't be opened. */
export class PortError extends Error {}

/** How characters are framed on the line, where it is not 8N1. */
export interface CharacterFrame {
  parity?: 'none' | 'even' | 'odd';
  stopBits?: 1 | 2;
}

export interface SerialLine {
  readonly path: string;
  /** Never throws; what a dead line does not take is lost, and whoever sent it sends it again. */
  write(bytes: Uint8Array): void;
  /** Resolves with the reason once the other side is gone. */
  readonly hungUp: Promise<string>;
  /** Resolves once the port is really closed, so that it can be opened again. */
  close(): Promise<void>;
}

/**
 * Opens a port for this process alone.
 * @throws PortError with a line fit for a person: no rights, in use, gone
 */
export async function openSerialLine(
  path: string,
  baudRate: number,
  onData: (bytes: Uint8Array) => void,
  frame: CharacterFrame = {},
): Promise<SerialLine> {
  // Before the opening: whoever comes in the device's place meanwhile is another.
  const identity = await identityOf(path);
  // hupcl: closing must not drop DTR, or every reopening would reset an Uno.
  const port = new SerialPort({ path, baudRate, ...frame, autoOpen: false, hupcl: false });
  const gone = Promise.withResolvers<string>();
  // From the first moment on: a hang-up during the opening is told once, to whoever listens then.
  port.on('close', (error: Error | null) => gone.resolve(error?.message ?? 'closed'));
  port.on('error', (error) => gone.resolve(error.message));
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(new PortError(openProblem(path, error))) : resolve()));
  });
  // What the system kept from before is old; the device repeats what matters.
  await new Promise<void>((resolve) => port.flush(() => resolve()));
  // A read that has begun when the device goes returns nothing, and is repeated by serialport for ever.
  const look = () => identityOf(path).then((now) => now !== identity && gone.resolve('its name is gone'));
  const presence = setInterval(look, PRESENCE_MS);
  void look();
  port.on('data', (chunk: Buffer) => onData(chunk));
  return {
    path,
    hungUp: gone.promise,
    write(bytes) {
      if (port.isOpen && port.writableLength < MAX_UNWRITTEN_BYTES) port.write(Buffer.from(bytes));
    },
    close: () =>
      new Promise<void>((resolve) => {
        clearInterval(presence);
        if (!port.isOpen) return resolve();
        const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
        port.close(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

/** Device number and time of its coming: another device under the same name has another. */
const identityOf = (path: string): Promise<string | undefined> =>
  stat(path).then(
    ({ rdev, ctimeMs }) => `${rdev} ${ctimeMs}`,
    () => undefined,
  );

function openProblem(path: string, error: Error): string {
  if (/permission denied|EACCES/i.test(error.message))
    return `${path}: no permission; the user who runs the bridge must be in the group that owns the port (dialout on Debian)`;
  if (/cannot lock|resource temporarily unavailable|EBUSY/i.test(error.message))
    return `${path}: another program has the port open`;
  if (/no such file|ENOENT/i.test(error.message)) return `${path}: there is no such port`;
  return `${path}: ${error.message}`;
}
