import { signal } from '@preact/signals';
import type { ArmingAnswer, ArmingMode } from '../../../edge/api/contract.ts';
import { say } from '../../kit/toast.tsx';
import { asPerson, setArming } from '../session.ts';
import { text } from '../text.ts';

/** An attempt to arm that something stood in the way of, until it is dealt with. */
export interface Blocked {
  mode: 'away' | 'night';
  answer: ArmingAnswer;
}
export const blocked = signal<Blocked | undefined>(undefined);

/** Arms or disarms, asks for the PIN first where needed, and shows what stands in the way. */
export function requestArming(mode: ArmingMode, bypass: readonly string[] = []): void {
  asPerson(
    text(`arming.purpose.${mode}`),
    () => setArming(mode, bypass),
    (answer) => {
      blocked.value = answer.result === 'blocked' && mode !== 'disarmed' ? { mode, answer } : undefined;
      if (answer.result === 'armed') say(text('arming.done.armed'), 'good');
      if (answer.result === 'disarmed') say(text('arming.done.disarmed'), 'good');
    },
  );
}
