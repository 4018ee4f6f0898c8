/** Which tools run, out of which are wanted. Pure: any wish is good, whatever is missing holds what needs it. */
import { type ToolId, toolkit } from './catalog.ts';

/** On, off as somebody wanted it, or wanted and held because something it needs is not on. */
export type Running = 'on' | 'off' | { heldBy: ToolId };

/** @returns all 19 */
export function runningOf(isWanted: (id: ToolId) => boolean): Map<ToolId, Running> {
  const running = new Map<ToolId, Running>();
  const wanted = new Map(toolkit.map((tool) => [tool.id, tool]));
  const decide = (id: ToolId): Running => {
    const known = running.get(id);
    if (known !== undefined) return known;
    // A circle of needs would be held by itself.
    running.set(id, { heldBy: id });
    const missing = wanted.get(id)?.needs.find((one) => decide(one) !== 'on');
    const decided: Running = !isWanted(id) ? 'off' : missing === undefined ? 'on' : { heldBy: missing };
    running.set(id, decided);
    return decided;
  };
  for (const { id } of toolkit) decide(id);
  return running;
}
