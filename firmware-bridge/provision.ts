/** Giving a door node its name, once, when it is installed. */

import { readNodeMessage, writeBridgeMessage } from './framing/frame.ts';
import { FrameReader } from './framing/frame-reader.ts';
import { openSerialLine } from './links/serial-line.ts';

const BAUD_RATE = 115_200;
const REPEAT_MS = 500;
/** An Uno's boot loader takes two seconds after the opening, writing the name some milliseconds; a busy machine more. */
const TIMEOUT_MS = 15_000;

/**
 * Resolves once the node itself has said its new name.
 * @throws Error with one line: no such port, no answer; RangeError where the name is none
 */
export async function nameNode(path: string, name: string): Promise<void> {
  const order = writeBridgeMessage({ kind: 'set-name', name });
  const reader = new FrameReader();
  let named: () => void = () => undefined;
  const isNamed = new Promise<true>((resolve) => {
    named = () => resolve(true);
  });
  const line = await openSerialLine(path, BAUD_RATE, (bytes) => {
    for (const content of reader.take(bytes)) {
      const message = readNodeMessage(content);
      if ('kind' in message && message.kind === 'hello' && message.name === name) named();
    }
  });
  line.write(order);
  const repeat = setInterval(() => line.write(order), REPEAT_MS);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), TIMEOUT_MS);
  });
  const isDone = await Promise.race([isNamed, tooLate]);
  clearInterval(repeat);
  clearTimeout(timer);
  await line.close();
  if (!isDone) throw new Error(`${path}: no answer of a door node`);
}
