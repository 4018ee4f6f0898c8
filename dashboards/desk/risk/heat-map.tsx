import type { RiskRow } from '../../../cloud/api/contract.ts';
import { words } from './words.ts';

const bands = [1, 2, 3, 4, 5] as const;

export interface Cell {
  likelihood: number;
  severity: number;
}

const levelOf = (product: number) =>
  product >= 16 ? 'critical' : product >= 10 ? 'high' : product >= 5 ? 'medium' : 'low';

/** Risks by how often and how bad; a field shows its risks alone. */
export function HeatMap(props: {
  rows: readonly RiskRow[];
  chosen: Cell | undefined;
  onChoose: (cell: Cell | undefined) => void;
}) {
  const count = (likelihood: number, severity: number) =>
    props.rows.filter((row) => row.likelihood === likelihood && row.severity === severity).length;
  return (
    <fieldset class="heat" aria-label={words('heat.label')}>
      <span class="heat-side" aria-hidden="true">
        {words('heat.likelihood')}
      </span>
      <div class="heat-grid">
        {[...bands].reverse().map((likelihood) => [
          <span key={`l${likelihood}`} class="heat-tick" aria-hidden="true">
            {words(`often-short.${likelihood}`)}
          </span>,
          ...bands.map((severity) => {
            const level = levelOf(likelihood * severity);
            const number = count(likelihood, severity);
            const isChosen = props.chosen?.likelihood === likelihood && props.chosen.severity === severity;
            const said = { often: words(`often.${likelihood}`), bad: words(`bad.${severity}`) };
            return (
              <button
                key={`${likelihood}-${severity}`}
                type="button"
                class={`heat-cell heat-${level}${number === 0 ? ' heat-empty' : ''}`}
                aria-pressed={isChosen}
                disabled={number === 0}
                aria-label={
                  number === 0
                    ? words('heat.none', said)
                    : words('heat.cell', { count: number, level: words(`level.${level}`), ...said })
                }
                onClick={() => props.onChoose(isChosen ? undefined : { likelihood, severity })}
              >
                {number === 0 ? '' : number}
              </button>
            );
          }),
        ])}
        <span />
        {bands.map((severity) => (
          <span key={severity} class="heat-tick heat-below" aria-hidden="true">
            {words(`bad-short.${severity}`)}
          </span>
        ))}
      </div>
      <span class="heat-foot" aria-hidden="true">
        {words('heat.severity')}
      </span>
    </fieldset>
  );
}
