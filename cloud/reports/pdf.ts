/** A report on paper. */

import { localText } from './calendar.ts';
import { Paper } from './paper.ts';
import { barsOnPaper, lineOnPaper } from './paper-charts.ts';
import type { Report } from './report.ts';

/** Rows of one table on paper: the CSV has them all. */
export const MAX_ROWS_ON_PAPER = 400;

export async function reportPdf(report: Report): Promise<Uint8Array> {
  const { period, sites, organisation, title, madeAt, madeBy, sha256, checkpoint } = report;
  const names =
    sites.length > 4 ? `${sites.length} sites` : sites.map(({ name }) => name).join(', ') || 'no site';
  const paper = new Paper({
    title,
    organisation,
    subtitle: `${period.name} · ${names}`,
    author: organisation,
    madeAt,
    foot: `${title} · ${period.name} · SHA-256 ${sha256.slice(0, 16)}…`,
  });
  for (const { heading, blocks } of report.sections) {
    paper.heading(heading);
    for (const block of blocks)
      switch (block.type) {
        case 'text':
          paper.text(block.text);
          break;
        case 'figures':
          paper.figures(block.items);
          break;
        case 'bars':
          barsOnPaper(paper, block);
          break;
        case 'line':
          lineOnPaper(paper, block);
          break;
        case 'table': {
          if (block.rows.length === 0) {
            paper.text('None.');
            break;
          }
          paper.table(block.columns, block.rows.slice(0, MAX_ROWS_ON_PAPER));
          const left = block.left + Math.max(0, block.rows.length - MAX_ROWS_ON_PAPER);
          if (left > 0) paper.text(`${left} further rows are not printed here.`);
          break;
        }
      }
  }
  paper.heading('Proof');
  paper.text(
    `Made ${localText(madeAt, period.timeZone)} (${period.timeZone}) by ${madeBy}. The SHA-256 is of the report's content in canonical JSON (RFC 8785): the same data give the same hash.`,
  );
  paper.text(`Content SHA-256: ${sha256}`, { size: 8 });
  paper.text(
    checkpoint === undefined
      ? 'The audit trail of this installation is switched off: nothing can be proved by it.'
      : `Audit trail when it was made: ${checkpoint.origin}, ${checkpoint.size} entries, root ${checkpoint.root}`,
    { size: 8 },
  );
  return paper.bytes();
}
