/** What is known of one door, what can happen at it, and what comes of that. */
import { z } from 'zod';

const lockWord = z.enum(['locked', 'unlocked']);
export type LockWord = z.infer<typeof lockWord>;

const lockState = z.object({
  is: z.enum(['locked', 'unlocked', 'jammed']).optional(),
  /** What the panel told it last; gone once somebody else has told it otherwise. */
  ordered: lockWord.optional(),
  /** By when it has to say so. */
  dueAt: z.number().optional(),
  /** It was reported, and goes on: the detection's trigger. */
  strayed: z.string().optional(),
});
export type LockState = z.infer<typeof lockState>;

const guest = z.object({ person: z.string(), to: z.string().optional() });
export type Guest = z.infer<typeof guest>;

export const doorState = z.object({
  /** Leave to open the door, until then: so many openings, of which so many have been used. */
  pass: z
    .object({
      at: z.number(),
      until: z.number(),
      observation: z.string(),
      how: z.enum(['granted', 'exit']),
      allowed: z.number(),
      used: z.number(),
      lastOpenedAt: z.number().optional(),
      /** Who was let through and has not passed yet. */
      guests: z.array(guest),
      who: z.string().optional(),
    })
    .optional(),
  open: z
    .object({
      at: z.number(),
      observation: z.string(),
      how: z.enum(['granted', 'exit', 'unlocked', 'forced']),
      who: z.string().optional(),
      warned: z.boolean(),
      /** It may stand open now; when to look again. */
      lookAt: z.number().optional(),
      /** Trigger of the detection that it is propped. */
      propped: z.string().optional(),
    })
    .optional(),
  /** Its contact has ever told anything: then passing shows, and a grant alone moves nobody. */
  hasContact: z.boolean(),
  locks: z.record(z.string(), lockState),
  /** When somebody asked to leave and did not. */
  idleExits: z.array(z.number()),
});
export type DoorState = z.infer<typeof doorState>;
export const restingDoor: DoorState = { hasContact: false, locks: {}, idleExits: [] };

export type DoorInput =
  | { type: 'granted'; at: number; observation: string; guests: Guest[] }
  | { type: 'exit'; at: number; observation: string }
  | { type: 'opened' | 'closed'; at: number; observation: string }
  | { type: 'lock'; at: number; observation: string; lock: string; is: 'locked' | 'unlocked' | 'jammed' }
  /** The panel has told a lock. `is`: what the lock was last known to be, where that is known. */
  | { type: 'ordered'; at: number; lock: string; to: LockWord; is: LockState['is'] }
  /** The command came to nothing: no driver, no answer. */
  | { type: 'failed'; at: number; observation: string; lock: string; to: LockWord }
  | { type: 'time'; at: number };

export type DoorFinding =
  | {
      what: 'tailgating';
      at: number;
      trigger: string;
      who: string | undefined;
      apartMs: number;
      evidence: string[];
    }
  | {
      what: 'propped';
      at: number;
      trigger: string;
      who: string | undefined;
      openMs: number;
      evidence: string[];
    }
  | {
      what: 'lock-strayed';
      at: number;
      trigger: string;
      lock: string;
      to: LockWord;
      is: LockState['is'];
      evidence: string[];
    }
  | { what: 'exits-unused'; at: number; trigger: string; count: number; evidence: string[] };

export interface DoorOutcome {
  state: DoorState;
  findings: DoorFinding[];
  /** Who has passed, and into which zone. */
  passed: { person: string; to: string; at: number }[];
  /** The buzzers at the door. */
  buzz?: 'on' | 'off';
  /** Closed behind somebody: it may be locked now. */
  mayLock?: boolean;
}

export const unchanged = (state: DoorState): DoorOutcome => ({ state, findings: [], passed: [] });
