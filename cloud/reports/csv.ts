/**
 * A report as CSV (RFC 4180): CRLF, quotes doubled, as many fields in every line. The columns of all its tables stand
 * side by side; `section` says which part a line belongs to, figures are lines with `item` and `value`.
 */
import { utcText } from './calendar.ts';
import type { Cell, Report } from './report.ts';

/** A spreadsheet must not take a person's words for a formula: nor behind blanks, nor in the wide forms of the signs. */
const harmless = (text: string): string =>
  /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/.test(text) ? `'${text}` : text;

/** Numbers are written as they are: a temperature of −3 is none of a person's words. */
export function csvCell(value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'number' ? String(value) : harmless(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvText = (lines: readonly (readonly (Cell | undefined)[])[]): string =>
  lines.map((line) => `${line.map(csvCell).join(',')}\r\n`).join('');

export function reportCsv(report: Report): string {
  const fixed = ['section', 'item', 'value'];
  const tables = report.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.type === 'table' ? block.columns.map(({ name }) => name) : [])),
  );
  const columns = [...fixed, ...new Set(tables)];
  const line = (values: Readonly<Record<string, Cell>>) => columns.map((name) => values[name]);
  const about = (item: string, value: string) => line({ section: 'report', item, value });
  const lines: (Cell | undefined)[][] = [
    columns,
    about('title', report.title),
    about('organisation', report.organisation),
    about('from', utcText(report.period.from)),
    about('to', utcText(report.period.to)),
    about('time zone', report.period.timeZone),
    ...report.sites.map(({ id, name }) => about('site', `${name} (${id})`)),
    about('made', utcText(report.madeAt)),
    about('made by', report.madeBy),
    about('content sha-256', report.sha256),
    ...(report.checkpoint === undefined
      ? []
      : [
          about(
            'audit checkpoint',
            `${report.checkpoint.origin} size ${report.checkpoint.size} root ${report.checkpoint.root}`,
          ),
        ]),
  ];
  for (const { heading, blocks } of report.sections)
    for (const block of blocks) {
      if (block.type === 'figures')
        for (const { label, value } of block.items)
          lines.push(line({ section: heading, item: label, value }));
      if (block.type === 'bars')
        for (const { label, value } of block.bars)
          lines.push(line({ section: block.title, item: label, value: `${value}` }));
      if (block.type !== 'table') continue;
      for (const row of block.rows)
        lines.push(
          line({
            section: block.name,
            ...Object.fromEntries(block.columns.map(({ name }, at) => [name, row[at] ?? null])),
          }),
        );
      if (block.left > 0)
        lines.push(line({ section: block.name, item: 'rows left out', value: `${block.left}` }));
    }
  return csvText(lines);
}
