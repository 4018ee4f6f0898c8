/** A report on screen: the same parts that the PDF prints. */
import type { Report, ReportBlock } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { LineChart } from '../../kit/line-chart.tsx';
import { fullTime } from '../../kit/time.ts';
import { words } from './words.ts';

/** Rows of one table on screen: the files have the rest. */
const MAX_ROWS = 200;

export function ReportView({ report }: { report: Report }) {
  const { period, checkpoint } = report;
  return (
    <article class="report" aria-labelledby="report-name">
      <header class="report-head">
        <p class="report-organisation">{report.organisation}</p>
        <h2 id="report-name">
          {report.title}: {period.name}
        </h2>
        <p class="faint">{report.sites.map(({ name }) => name).join(' · ')}</p>
      </header>
      {report.sections.map(({ heading, blocks }) => (
        <Card key={heading} title={heading} level={3}>
          <div class="report-blocks">
            {blocks.map((block, index) => (
              <Block key={index} block={block} heading={heading} />
            ))}
          </div>
        </Card>
      ))}
      <Card title={words('proof.title')} level={3}>
        <dl class="report-proof">
          <dt>{words('proof.hash')}</dt>
          <dd>
            <code>{report.sha256}</code>
          </dd>
        </dl>
        <p class="report-note">
          {checkpoint === undefined ? words('proof.no-trail') : words('proof.trail', checkpoint)}
        </p>
        <p class="report-note">
          {words('proof.made', { time: fullTime(report.madeAt, period.timeZone), by: report.madeBy })}
        </p>
      </Card>
    </article>
  );
}

function Block({ block, heading }: { block: ReportBlock; heading: string }) {
  switch (block.type) {
    case 'text':
      return <p class="report-text">{block.text}</p>;
    case 'figures':
      return (
        <dl class="report-figures">
          {block.items.map(({ label, value, note, tone = 'neutral' }) => (
            <div key={label} class={`report-figure report-${tone}`}>
              <dt>{label}</dt>
              <dd>
                <strong>{value}</strong>
                {note === undefined ? null : <span>{note}</span>}
              </dd>
            </div>
          ))}
        </dl>
      );
    case 'bars': {
      const most = Math.max(...block.bars.map(({ value }) => value), 1e-9);
      return (
        <figure class="report-bars">
          <figcaption>{block.title}</figcaption>
          <ul>
            {block.bars.map(({ label, value, tone = 'neutral' }, index) => (
              <li key={index}>
                <span class="report-bar-label">{label}</span>
                <span class="report-bar-track">
                  <span
                    class={`report-bar report-bar-${tone}`}
                    style={{ width: `${(100 * value) / most}%` }}
                  />
                </span>
                <span class="report-bar-value">
                  {Number(value.toFixed(1))} <span class="faint">{block.unit}</span>
                </span>
              </li>
            ))}
          </ul>
        </figure>
      );
    }
    case 'line':
      return (
        <figure class="report-line">
          <figcaption>{block.title}</figcaption>
          <LineChart
            label={block.title}
            points={block.points}
            unit={block.unit}
            timeZone={block.timeZone}
            from={block.from}
            to={block.to}
            band={block.band}
            height={170}
          />
        </figure>
      );
    case 'table': {
      if (block.rows.length === 0) return <p class="faint">{words('table.none')}</p>;
      const shown = block.rows.slice(0, MAX_ROWS);
      const left = block.rows.length - shown.length + block.left;
      return (
        <>
          {/* biome-ignore-start lint/a11y: a table that scrolls must take the keyboard. */}
          <div class="report-scroll" role="group" tabIndex={0} aria-label={heading}>
            <table class="report-table">
              <thead>
                <tr>
                  {block.columns.map(({ name, title, isNumber }) => (
                    <th key={name} scope="col" class={isNumber ? 'is-number' : ''}>
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {shown.map((row, index) => (
                  <tr key={index}>
                    {block.columns.map(({ name, isNumber }, column) => (
                      <td key={name} class={isNumber ? 'is-number' : ''} data-value={row[column]}>
                        {row[column] ?? '–'}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {/* biome-ignore-end lint/a11y: as above. */}
          {left > 0 ? <p class="faint">{words('table.left', { count: left })}</p> : null}
        </>
      );
    }
  }
}
