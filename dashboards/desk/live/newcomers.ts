/** Incidents that came while the page was open: their rows arrive gently instead of being there at once. */
export const newcomers = new Set<string>();

const MAX_NEWCOMERS = 200;

export function remember(id: string): void {
  newcomers.add(id);
  for (const oldest of newcomers) if (newcomers.size > MAX_NEWCOMERS) newcomers.delete(oldest);
}
