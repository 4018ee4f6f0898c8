/** When one person alone may agree to what else needs two. Pure: who asks, and what is known at that moment. */
import { isOpen } from '../situation/opening.ts';
import type { Role } from '../store/store.ts';
import type { Refusal } from './runner/machine.ts';
import type { StepRun } from './runner/run.ts';
import type { AloneSettings } from './settings.ts';

export interface AloneQuestion {
  settings: AloneSettings | undefined;
  step: Pick<StepRun, 'approval'>;
  by: string;
  role: Role;
  /** Accounts on duty that may agree. */
  approversOnDuty: readonly string[];
  now: number;
}

/** Undefined: they may; else why not, in words. */
export function refusedAlone(asked: AloneQuestion): Refusal | undefined {
  const { settings, step, by, role, approversOnDuty, now } = asked;
  const no = (message: string): Refusal => ({ code: 'alone', message });
  if (settings === undefined) return no('Here two people are always needed.');
  if (!settings.roles.includes(role)) return no('Your role may not agree alone.');
  const other = approversOnDuty.find((name) => name !== by);
  if (other !== undefined) return no(`You are not alone: ${other} is on duty and may agree.`);
  const { hours } = settings;
  if (hours !== undefined && !isOpen(hours, now)) return no('Nobody agrees alone at this time of the day.');
  const waitedMs = now - (step.approval?.requestedAt ?? now);
  if (waitedMs < settings.afterMs)
    return no(`A second person is waited for, ${Math.ceil((settings.afterMs - waitedMs) / 1_000)} s more.`);
  return undefined;
}
