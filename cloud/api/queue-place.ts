import type { Incident } from '../../devices/model/incident.ts';
import type { QueuePlace } from '../store/queue.ts';

/** A place in the queue as the text of a cursor, and back; undefined where it is none. */
export const cursorOf = ({ priority, first, id }: Incident): string =>
  Buffer.from(JSON.stringify([priority, first, id])).toString('base64url');

export function placeOf(cursor: string): QueuePlace | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(read) || read.length !== 3) return undefined;
    const [priority, first, incident]: unknown[] = read;
    return typeof priority === 'number' && typeof first === 'number' && typeof incident === 'string'
      ? { priority, first, incident }
      : undefined;
  } catch {
    return undefined;
  }
}
