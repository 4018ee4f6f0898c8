import { filledIn } from '../expression.ts';
import { type Action, problem, unknownValues } from './action.ts';
import { MAX_LIFETIME_MS } from './gateway.ts';

/** Longer than this nobody reads at a counter. */
const MAX_NOTICE = 500;

/** A message to the site's page: the staff sees it, on the gateway, and says that it was seen. */
export const notice: Action<'notice'> = {
  kind: 'notice',
  command: 'gatehouse-notice',
  title: 'Show a message on the site’s page until somebody there says that it was seen',
  example: 'Please keep away from the back door until the police are there.',
  prepare(command, { registry, playbook, step, values }) {
    const { text, missing } = filledIn(command.command ?? command.content ?? '', values);
    if (missing.length > 0) return problem(unknownValues(missing, playbook));
    if (text.trim() === '') return problem('There is no text.');
    if (text.length > MAX_NOTICE) return problem(`A message has ${MAX_NOTICE} characters at most.`);
    const id = values.__site__ ?? '';
    const site = registry.site(id);
    if (site === undefined) return problem('This incident is at no site whose page could show it.');
    return {
      is: 'deed',
      deed: {
        kind: 'notice',
        site: id,
        text: text.trim(),
        lifetimeMs: Math.min(step.timeout ?? MAX_LIFETIME_MS, MAX_LIFETIME_MS),
      },
      says: `Message to the page of ${site.name}: ${text.trim()}`,
      isRepeatable: true,
    };
  },
  perform({ id, issuedAt }, { site, text, lifetimeMs }, { command }, signal) {
    const order = { id, action: 'page.notice', asset: undefined, issuedAt, lifetimeMs, reason: text };
    return command(site, order, signal);
  },
};
