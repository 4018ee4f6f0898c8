/** What was done and what is open, in words, from what the runs of an incident say. Pure. */
import type { IncidentSummary, RunPage, RunStep } from '../../../cloud/api/contract.ts';
import { words } from './words.ts';

const MAX_DONE = 900;
/** As the server takes them. */
const MAX_NOTE = 2_000;
const MAX_OPEN = 6;

/** @param time of the day, as people of the site read it */
export function doneWords(runs: readonly RunPage[], time: (at: number) => string): string {
  const lines = runs.flatMap(({ steps }) => steps.flatMap((step) => lineOf(step, time)));
  return lines.map(sentence).join(' ').slice(0, MAX_DONE);
}

/** For whoever comes next: what it is, what was done, what is still to do. */
export function nextShiftWords(
  summary: Pick<IncidentSummary, 'title' | 'sites'>,
  runs: readonly RunPage[],
  time: (at: number) => string,
): string {
  const open = runs.flatMap(({ row, steps }) =>
    row.status === 'running' ? steps.filter(isOpen).map(({ name }) => name) : [],
  );
  const more = open.length - MAX_OPEN;
  const listed = open.slice(0, MAX_OPEN).join('; ');
  return [
    sentence(summary.title),
    doneWords(runs, time),
    open.length === 0
      ? words('note-nothing-open')
      : words('note-open', {
          steps: more > 0 ? `${listed}; ${words('note-more', { count: more })}` : listed,
        }),
  ]
    .filter((part) => part !== '')
    .join('\n')
    .slice(0, MAX_NOTE);
}

const isOpen = ({ state, wentOn }: RunStep): boolean =>
  !['done', 'skipped', 'cancelled'].includes(state) && wentOn !== true;

function lineOf(
  { name, by, state, sent, endedBy, since, text, approval }: RunStep,
  time: (at: number) => string,
) {
  if (by === 'machine') {
    const agreed =
      approval?.approvedBy === undefined ? '' : `, ${words('note-agreed', { name: approval.approvedBy })}`;
    return sent.filter((one) => one.state === 'ok').map((one) => `${one.says} (${time(one.at)}${agreed})`);
  }
  if (by !== 'person' || state !== 'done') return [];
  const who = endedBy === undefined || endedBy === 'gatehouse' ? '' : endedBy;
  const when = since === undefined ? '' : time(since);
  const what = text === undefined ? name : `${name} ${text}`;
  return [`${what} (${[when, who].filter((part) => part !== '').join(', ')})`];
}

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
