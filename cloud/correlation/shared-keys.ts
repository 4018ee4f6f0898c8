import type { Key } from './memory.ts';

/** What assets share a list by: each kind has names of its own. */
export type SharedKind = 'guard' | 'host' | 'depends' | 'zone';

/** Gives the same object for the same name. */
export type KeyMaker = (kind: SharedKind, name: string, windowMs: number) => Key;
