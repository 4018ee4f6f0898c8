import { say } from '../kit/toast.tsx';
import { reasonOf } from './loaded.ts';
import { text } from './text.ts';

/** Does what a person asked for. @returns whether the server took it; when not, a notice has said why */
export async function done(deed: Promise<unknown>): Promise<boolean> {
  try {
    await deed;
    return true;
  } catch (error) {
    say(text('arrange.failed', { message: reasonOf(error).message }), 'critical');
    return false;
  }
}
