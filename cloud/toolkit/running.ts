/** Which tools run, out of which are wanted. Pure: any wish is good, whatever is missing holds what needs it. */
import { type Tool, type ToolId, toolkit, toolOf } from './catalog.ts';

/** On, off as somebody wanted it, or wanted and held because something it needs is not on. */
export type Running = 'on' | 'off' | { heldBy: ToolId };

/** @returns all 19 */
export function runningOf(isWanted: (id: ToolId) => boolean): Map<ToolId, Running> {
  const running = new Map<ToolId, Running>();
  for (const tool of toolkit) decide(tool, isWanted, running);
  return running;
}

function decide(
  { id, needs }: Tool,
  isWanted: (id: ToolId) => boolean,
  running: Map<ToolId, Running>,
): Running {
  const known = running.get(id);
  if (known !== undefined) return known;
  if (!isWanted(id)) {
    running.set(id, 'off');
    return 'off';
  }
  // A circle of needs is held by itself.
  running.set(id, { heldBy: id });
  const missing = needs.find((one) => decide(toolOf(one), isWanted, running) !== 'on');
  const decided: Running = missing === undefined ? 'on' : { heldBy: missing };
  running.set(id, decided);
  return decided;
}
