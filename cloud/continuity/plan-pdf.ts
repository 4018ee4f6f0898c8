/** Plans on paper: for the drawer, for the day on which no screen works. */
import { durationText } from '../cascade/spread.ts';
import { localText } from '../reports/calendar.ts';
import { Paper } from '../reports/paper.ts';
import { type Contact, type Phase, type Plan, reviewDueAt } from './plan.ts';

export interface OnPaper {
  organisation: string;
  site: { name: string; timeZone: string };
  /** Names of what it protects. */
  protects: readonly string[];
  playbook(id: string): string | undefined;
  gaps: readonly string[];
  madeAt: number;
}

const titles: Readonly<Record<Phase, string>> = {
  first: 'First',
  recover: 'Until the service works again',
  normal: 'Back to normal',
};

/** One plan; it needs no other paper and no network to be followed. */
export async function planPdf(plan: Plan, on: OnPaper): Promise<Uint8Array> {
  const { content, version, changed } = plan;
  const { name, about, owner, deputies, contacts, fallbacks, steps, rtoMs, rpoMs } = content;
  const { organisation, site, madeAt } = on;
  const when = (at: number) => localText(at, site.timeZone);
  const paper = new Paper({
    title: name,
    organisation,
    subtitle: `Continuity plan · ${site.name} · version ${version} of ${when(changed.at)}`,
    ...(plan.retired === undefined ? {} : { mark: 'No longer in use' }),
    author: organisation,
    madeAt,
    foot: `${name} · version ${version} · printed ${when(madeAt)}`,
  });
  if (about !== '') paper.text(about);
  paper.figures([
    { label: 'Works again within', value: durationText(rtoMs), note: 'recovery time objective' },
    {
      label: 'Records may be lost of',
      value: rpoMs === undefined ? '–' : durationText(rpoMs),
      note: 'recovery point objective',
    },
    { label: 'Who decides', value: owner.name, note: owner.phone === '' ? 'no number!' : owner.phone },
  ]);
  if (on.protects.length > 0) paper.text(`Protects: ${on.protects.join(', ')}.`);
  paper.heading('Whom to ring');
  const row = (kind: string, { name: who, role, phone, mail }: Contact) => [
    kind,
    role === '' ? who : `${who}, ${role}`,
    phone === '' ? '–' : phone,
    mail === '' ? '–' : mail,
  ];
  paper.table(
    [
      { name: 'kind', title: '', width: 1 },
      { name: 'who', title: 'Who', width: 3 },
      { name: 'phone', title: 'Telephone', width: 2 },
      { name: 'mail', title: 'Mail', width: 3 },
    ],
    [
      row('Owner', owner),
      ...deputies.map((one) => row('Deputy', one)),
      ...contacts.map((one) => row('Contact', one)),
    ],
  );
  paper.heading('Checklist');
  paper.text(
    'The recovery began at ______ : ______ on ______________   Written down by ______________________',
  );
  for (const phase of ['first', 'recover', 'normal'] as const) {
    const own = steps.filter((one) => one.phase === phase);
    if (own.length === 0) continue;
    paper.heading(titles[phase], 2);
    paper.table(
      [
        { name: 'step', title: 'Step', width: 5 },
        { name: 'who', title: 'Who', width: 2 },
        { name: 'within', title: 'Within', width: 1 },
        { name: 'done', title: 'Done at, by', width: 2 },
      ],
      own.map(({ text, who, withinMs }) => [
        text,
        who,
        withinMs === undefined ? '' : durationText(withinMs),
        '______ ____________',
      ]),
    );
  }
  if (fallbacks.length > 0) paper.heading('Fall-backs, the best first');
  fallbacks.forEach(({ title, text, conditions, readyMs, playbook }, index) => {
    paper.heading(
      `${index + 1}. ${title}${readyMs === undefined ? '' : ` (ready after ${durationText(readyMs)})`}`,
      2,
    );
    if (conditions.length > 0) paper.text(`If: ${conditions.join('; ')}.`);
    if (text !== '') paper.text(text);
    const book = playbook === undefined ? undefined : on.playbook(playbook);
    if (book !== undefined) paper.text(`Playbook at the desk: ${book}`, { size: 8 });
  });
  if (on.gaps.length > 0) {
    paper.heading('What is still missing in this plan');
    for (const gap of on.gaps) paper.text(gap);
  }
  paper.heading('About this plan', 2);
  paper.text(
    `Changed by ${changed.by}, ${when(changed.at)}. ${
      plan.reviewed === undefined
        ? 'Nobody has confirmed it yet.'
        : `Read and confirmed by ${plan.reviewed.by}, ${when(plan.reviewed.at)}.`
    } To be read again by ${when(reviewDueAt(plan))}.`,
    { size: 8 },
  );
  return paper.bytes();
}
