/** The desk's API as a program uses it; for whole-site tests. */
import { z } from 'zod';

const session = z.object({ token: z.string() });
const summary = z.object({
  id: z.string(),
  title: z.string(),
  severity: z.string(),
  priority: z.number(),
  state: z.string(),
  detections: z.number(),
  worlds: z.array(z.string()),
  sites: z.array(z.object({ id: z.string() })),
});
export type DeskIncident = z.infer<typeof summary>;
const page = z.object({
  summary,
  story: z.array(
    z.object({
      detection: z.object({
        id: z.string(),
        rule: z.string(),
        at: z.number(),
        summary: z.string(),
        assets: z.array(z.string()),
        observables: z.record(z.string(), z.string()),
        site: z.string().optional(),
      }),
      world: z.string(),
      belongs: z.object({ because: z.array(z.string()), weight: z.number() }).optional(),
      pictures: z.array(z.object({ id: z.string() })),
    }),
  ),
});
export type DeskPage = z.infer<typeof page>;

const ANSWER_WITHIN_MS = 10_000;

export class DeskClient {
  readonly #url: string;
  #cookie = '';
  #token = '';

  constructor(url: string) {
    this.#url = url;
  }

  async signIn(name: string, password: string): Promise<void> {
    const answer = await fetch(`${this.#url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, password }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`);
    this.#cookie = answer.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    this.#token = session.parse(await answer.json()).token;
  }

  async get(path: string): Promise<unknown> {
    const answer = await fetch(this.#url + path, {
      headers: { cookie: this.#cookie, 'x-gatehouse-token': this.#token },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async incidents(): Promise<DeskIncident[]> {
    const answer = await this.get('/api/incidents?offset=0&limit=100');
    return z.object({ items: z.array(summary) }).parse(answer).items;
  }

  async page(id: string): Promise<DeskPage> {
    return page.parse(await this.get(`/api/incidents/${encodeURIComponent(id)}`));
  }

  /** Every incident with its story. */
  async pages(): Promise<DeskPage[]> {
    return Promise.all((await this.incidents()).map(({ id }) => this.page(id)));
  }
}

/** What an incident is about, without what differs from run to run: its rules and what each was about first. */
export const outline = ({ story }: DeskPage): string[] =>
  [...new Set(story.map(({ detection }) => `${detection.rule} ${detection.assets[0] ?? ''}`))].sort();
