import { remembered } from './device.ts';

/** Lessons that were done on this device. */
export const doneHere = (): string[] => (remembered('done') ?? '').split(' ').filter((id) => id !== '');
