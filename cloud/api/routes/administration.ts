import { z } from 'zod';
import type { AuditEntry } from '../../store/store.ts';
import { auditList, quarantineList } from '../answers.ts';
import type { ApiParts } from '../parts.ts';
import { type Caller, type Route, route } from '../route.ts';

const limit = z.coerce.number().int().min(1).max(500).default(100);

export function administrationRoutes(parts: ApiParts): Route[] {
  const { store } = parts;
  return [
    route({
      method: 'get',
      path: '/api/quarantine',
      title: 'What arrived and could not be taken, newest first',
      needs: 'quarantine.read',
      wholeOnly: true,
      query: z.strictObject({ limit }),
      answer: { schema: quarantineList, title: 'The quarantine' },
      handle({ context, query }) {
        const { total, newest } = store.quarantined(query.limit);
        return context.json({
          total,
          items: newest.map(({ raw, ...rest }) => ({ ...rest, base64: Buffer.from(raw).toString('base64') })),
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/audit',
      title: 'Who did what, when, from where; newest first',
      needs: 'audit.read',
      query: z.strictObject({ offset: z.coerce.number().int().min(0).max(10_000_000).default(0), limit }),
      answer: { schema: auditList, title: 'A page of the audit trail' },
      handle: ({ context, query }, caller) => context.json({ items: auditedFor(caller, query, parts) }),
    }),
  ];
}

/** Entries read at a time, and in all for one answer: of a long trail who sees a part sees what is newest. */
const READ_AT_ONCE = 1_000;
const MAX_READ = 50_000;

/** The trail as its reader may see it: what they did, those did who see nothing else, and what was done to their incidents. */
function auditedFor(
  { name, scope }: Caller,
  { offset, limit: most }: { offset: number; limit: number },
  { store, people }: Pick<ApiParts, 'store' | 'people'>,
): AuditEntry[] {
  if (scope.isAll) return store.audited({ offset, limit: most });
  const known = new Map<string, boolean>();
  const isColleague = (by: string): boolean => {
    const before = known.get(by);
    if (before !== undefined) return before;
    const account = people.accounts.find(by);
    const is =
      by === name || (account !== undefined && scope.covers(people.scopes.of(account.profile.scope)));
    known.set(by, is);
    return is;
  };
  const seen: AuditEntry[] = [];
  for (let read = 0; read < MAX_READ && seen.length < offset + most; read += READ_AT_ONCE) {
    const page = store.audited({ offset: read, limit: READ_AT_ONCE });
    for (const entry of page) {
      const isOfIncident = entry.action.startsWith('incident.');
      if (isColleague(entry.by) || (isOfIncident && scope.seesWhole(store.incident(entry.about))))
        seen.push(entry);
    }
    if (page.length < READ_AT_ONCE) break;
  }
  return seen.slice(offset, offset + most);
}
