import type { Alert } from '../alert.ts';

/** Where an alert leads: to the incident, and to the page that acknowledges it. Absent where the desk's address is not known. */
export interface Links {
  open?: string;
  acknowledge?: string;
}

/**
 * `refused`: trying again will not help; with `isGone` the address is no more. `unknown`: it may have arrived, and is
 * not sent again.
 */
export type Outcome =
  | { state: 'sent' }
  | { state: 'failed' | 'unknown'; problem: string }
  | { state: 'refused'; problem: string; isGone?: true };

/** One way to reach people. */
export interface Channel {
  deliver(alert: Alert, links: Links, signal: AbortSignal): Promise<Outcome>;
}

/** Nothing that is posted to may answer at length, or lead elsewhere. */
export async function post(
  url: string,
  request: { headers: Readonly<Record<string, string>>; body: Uint8Array | string; timeoutMs: number },
  signal: AbortSignal,
): Promise<{ status: number } | { problem: string }> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: request.headers,
      body: typeof request.body === 'string' ? request.body : Buffer.from(request.body),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs)]),
    });
    await answer.body?.cancel();
    return { status: answer.status };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { problem: cause instanceof Error ? cause.message : String(cause) };
  }
}
