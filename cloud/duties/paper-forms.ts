/** Drafts and bundles on paper and as JSON. */
import { sha256Of } from '../audit/canonical.ts';
import type { IncidentFacts } from '../intelligence/incident-facts.ts';
import { localText, utcText } from '../reports/calendar.ts';
import { csvText } from '../reports/csv.ts';
import { Paper } from '../reports/paper.ts';
import type { Draft, DutyCase } from './case.ts';
import { awarenessOf } from './case.ts';
import { fieldsOf } from './draft.ts';
import { type DutyFacts, dutyFacts } from './facts.ts';
import { termsOf } from './regimes.ts';

/** What is sent, as a program reads it; the same for the same version. */
export interface DraftDocument {
  format: 'gatehouse-notification';
  formatVersion: 1;
  regime: string;
  stage: string;
  section: string;
  organisation: string;
  incident: string;
  awareAt?: string;
  version: number;
  fields: { id: string; title: string; text: string }[];
}

/** @param version 1 is the first; undefined: the last @throws RangeError where there is no such version */
export function draftDocument(
  { incident, ...rest }: DutyCase,
  one: Draft,
  organisation: string,
  version = one.versions.length,
): DraftDocument {
  const chosen = one.versions[version - 1];
  if (chosen === undefined) throw new RangeError(`there is no version ${version}`);
  const { regime, section } = termsOf(one.stage);
  const aware = awarenessOf({ incident, ...rest });
  return {
    format: 'gatehouse-notification',
    formatVersion: 1,
    regime,
    stage: one.stage,
    section,
    organisation,
    incident,
    ...(aware === undefined ? {} : { awareAt: utcText(aware.at) }),
    version,
    fields: fieldsOf[one.stage].map(({ id, title }) => ({ id, title, text: chosen.fields[id] ?? '' })),
  };
}

export const hashOf = (document: DraftDocument): string => sha256Of(document);

export async function draftPdf(
  of: DutyCase,
  one: Draft,
  options: { organisation: string; timeZone: string; version?: number },
): Promise<Uint8Array> {
  const { organisation, timeZone } = options;
  const document = draftDocument(of, one, organisation, options.version);
  const { title, section, to } = termsOf(one.stage);
  const at = one.versions[document.version - 1]?.at ?? one.createdAt;
  const isApproved = one.approved?.version === document.version;
  const mark = one.sent?.version === document.version ? 'Sent' : isApproved ? 'Approved' : 'Draft';
  const paper = new Paper({
    title,
    organisation,
    subtitle: `${section}\nTo: ${to}`,
    mark,
    author: organisation,
    madeAt: at,
    foot: `${title} · ${document.incident} · version ${document.version} · SHA-256 ${hashOf(document).slice(0, 16)}…`,
  });
  for (const field of document.fields) {
    paper.heading(field.title, 2);
    paper.text(field.text === '' ? '–' : field.text);
  }
  paper.heading('About this document', 2);
  paper.text(`Version ${document.version} of ${localText(at, timeZone)} (${timeZone}).`);
  if (isApproved && one.approved !== undefined)
    paper.text(`Approved by ${one.approved.by}, ${localText(one.approved.at, timeZone)}.`);
  const { awareness } = of;
  for (const word of awareness.slice(0, -1))
    paper.text(
      `An earlier statement of awareness, since corrected: ${localText(word.at, timeZone)}, by ${word.by}: ${word.reason}`,
      { size: 8 },
    );
  paper.text(`Content SHA-256: ${hashOf(document)}`, { size: 8 });
  return paper.bytes();
}

export type BundleFor = 'insurer' | 'police';

export interface EvidenceLine {
  kind: 'detection' | 'observation' | 'picture';
  id: string;
  at: number;
  asset: string;
  what: string;
  sha256: string;
}

/** Pictures of one bundle. */
export const MAX_PICTURES = 40;

/** Everything that the incident rests on, each with the hash of its canonical JSON; pictures with that of their bytes. */
export function evidenceOf(
  { detections, observations, redaction, registry }: IncidentFacts,
  pictures: readonly { id: string; asset: string; takenAt: number; bytes: Uint8Array; sha256: string }[],
): EvidenceLine[] {
  const asset = (id: string) => registry.asset(id)?.name ?? id;
  return [
    ...detections.map(
      (one): EvidenceLine => ({
        kind: 'detection',
        id: one.id,
        at: one.at,
        asset: one.assets.map(asset).join(', '),
        what: redaction.text(one.summary),
        sha256: sha256Of(one),
      }),
    ),
    ...observations.map(
      (one): EvidenceLine => ({
        kind: 'observation',
        id: one.id,
        at: one.observedAt,
        asset: asset(one.asset),
        what: one.kind,
        sha256: sha256Of(one),
      }),
    ),
    ...pictures.map(
      (one): EvidenceLine => ({
        kind: 'picture',
        id: one.id,
        at: one.takenAt,
        asset: asset(one.asset),
        what: `picture, ${one.bytes.length} bytes`,
        sha256: one.sha256,
      }),
    ),
  ].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

export const evidenceCsv = (lines: readonly EvidenceLine[]): string =>
  csvText([
    ['at_utc', 'kind', 'asset', 'what', 'id', 'sha256'],
    ...lines.map(({ at, kind, asset, what, id, sha256 }) => [utcText(at), kind, asset, what, id, sha256]),
  ]);

const forWords: Readonly<Record<BundleFor, { title: string; subtitle: string }>> = {
  insurer: {
    title: 'Incident file for the insurer',
    subtitle: 'What happened, what was damaged, what was done; names of people are left out',
  },
  police: {
    title: 'Incident file for the police',
    subtitle: 'What happened, who and what was seen, and the list of evidence; pictures are attached',
  },
};

/** One PDF; the list of evidence travels inside it as CSV, the pictures of the police's as JPEG. */
export async function bundlePdf(
  to: BundleFor,
  facts: IncidentFacts,
  pictures: readonly { id: string; asset: string; takenAt: number; bytes: Uint8Array; sha256: string }[],
  made: { at: number; by: string; checkpoint?: { origin: string; size: number; root: string } },
): Promise<{ bytes: Uint8Array; evidence: EvidenceLine[] }> {
  const told: DutyFacts = dutyFacts(facts);
  const evidence = evidenceOf(facts, pictures);
  const { title, subtitle } = forWords[to];
  const { timeZone } = told;
  const time = (at: number) => localText(at, timeZone);
  const paper = new Paper({
    title,
    organisation: facts.organisation,
    subtitle: `${told.title}\n${subtitle}`,
    author: facts.organisation,
    madeAt: made.at,
    foot: `${title} · ${told.incident} · ${evidence.length} pieces of evidence`,
  });
  paper.heading('In short');
  paper.figures([
    { label: 'Severity', value: told.severity },
    { label: 'Began', value: time(told.first).slice(5), note: timeZone },
    { label: 'Last seen', value: time(told.last).slice(5), note: timeZone },
    { label: 'Evidence', value: `${evidence.length}` },
  ]);
  paper.text(
    `Sites: ${told.sites.map(({ name }) => name).join(', ') || 'none known'}. State: ${told.state}.`,
  );
  for (const [heading, lines] of [
    ['What happened', told.story],
    ['What was concerned', told.assets],
    ['What was done', told.measures],
    ['Addresses and other traces', told.indicators],
  ] as const) {
    paper.heading(heading);
    if (lines.length === 0) paper.text('Nothing recorded.');
    for (const one of lines) paper.text(`• ${one}`);
  }
  paper.heading('Evidence');
  paper.text(
    'Each piece with the SHA-256 of its record as it is kept (canonical JSON, RFC 8785; of a picture its bytes). The same list is attached as evidence.csv.',
  );
  paper.table(
    [
      { name: 'at', title: `Time (${timeZone})`, width: 1.3 },
      { name: 'kind', title: 'Kind' },
      { name: 'asset', title: 'Where', width: 1.2 },
      { name: 'what', title: 'What', width: 2 },
      { name: 'sha256', title: 'SHA-256', width: 2.6 },
    ],
    evidence.slice(0, 400).map((one) => [time(one.at), one.kind, one.asset, one.what, one.sha256]),
  );
  if (evidence.length > 400) paper.text(`${evidence.length - 400} further pieces stand in evidence.csv.`);
  const csv = Buffer.from(evidenceCsv(evidence));
  paper.attach('evidence.csv', csv, { type: 'text/csv', description: 'List of evidence', at: made.at });
  if (to === 'police')
    for (const [index, picture] of pictures.entries())
      paper.attach(`picture-${index + 1}.jpg`, picture.bytes, {
        type: 'image/jpeg',
        description: `${facts.registry.asset(picture.asset)?.name ?? picture.asset}, ${utcText(picture.takenAt)}`,
        at: made.at,
      });
  paper.heading('Proof');
  paper.text(`Made ${time(made.at)} (${timeZone}) by ${made.by}.`);
  paper.text(
    made.checkpoint === undefined
      ? 'The audit trail of this installation is switched off.'
      : `Audit trail: ${made.checkpoint.origin}, ${made.checkpoint.size} entries, root ${made.checkpoint.root}`,
    { size: 8 },
  );
  return { bytes: await paper.bytes(), evidence };
}
