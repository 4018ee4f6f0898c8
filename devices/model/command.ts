import { z } from 'zod';
import { durationMs, identifier, instant, plainText } from './identifiers.ts';

export const commandAction = z.enum([
  'siren.on',
  'siren.off',
  'lock.lock',
  'lock.unlock',
  'picture.take',
  'camera.go-to-preset',
  'buzzer.on',
  'buzzer.off',
  // What a reader shows a person: come in, no, one thing more is wanted. It is told once, and nothing is read back.
  'reader.granted',
  'reader.denied',
  'reader.waiting',
  // Shown on the site's page, of the gateway as its asset, until somebody there has seen it; the reason is the text.
  'page.notice',
]);
export type CommandAction = z.infer<typeof commandAction>;

/** Something to be done to an asset. A command that is not done within its lifetime is dead, never late. */
export const command = z.strictObject({
  id: z.string().max(256),
  action: commandAction,
  asset: identifier,
  issuedAt: instant,
  lifetimeMs: durationMs.max(3_600_000),
  /** A person, a rule, a playbook. */
  issuedBy: plainText.max(256),
  reason: plainText,
  /** The detection that it answers: a picture taken for it is its evidence. */
  detection: z.string().max(256).optional(),
  /** For `camera.go-to-preset`: the preset's name or token. */
  preset: plainText.min(1).max(64).optional(),
});
export type Command = z.infer<typeof command>;

/** `confirmed`: the device itself reported the new state. `unconfirmed`: it took the command, no readback in time. */
export const commandOutcome = z.enum(['confirmed', 'unconfirmed', 'expired', 'refused', 'failed']);
export type CommandOutcome = z.infer<typeof commandOutcome>;
