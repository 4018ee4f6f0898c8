/** A cascade for people at a terminal. */
import type { CascadeDifference, CascadePath, CascadeReport, When } from './report.ts';
import { durationText } from './spread.ts';

/** Effects printed; all of them are in the JSON. */
const MAX_PRINTED = 40;

const percent = (part: number): string =>
  part > 0.9995 ? '100 %' : part < 0.0005 ? '<0.1 %' : `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;

/** `12,300 EUR` */
export const moneyText = (amount: number, currency: string): string =>
  `${Math.round(amount).toLocaleString('en')} ${currency}`;

const whenText = ({ p10, p50, p90 }: When): string =>
  p90 < 1
    ? 'at once'
    : p10 === p90
      ? `after ${durationText(p50)}`
      : `after ${durationText(p50)} (${durationText(p10)} to ${durationText(p90)})`;

const pathText = ({ share, words }: CascadePath): string => `      ${percent(share)}: ${words}`;

export function reportText(report: CascadeReport): string {
  const { method, samples, seed, failed, effects, services, loss, currency, horizonMs, lastingMs, more } =
    report;
  const how =
    method === 'exact'
      ? `all ${samples} outcomes`
      : `${samples} samples, seed ${seed}, standard errors in JSON`;
  const lines = [
    failed.length === 0 ? 'Nothing fails' : failed.map(({ words }) => words).join('; '),
    `  looked ${durationText(horizonMs)} ahead, mended after ${durationText(lastingMs)}; ${how}`,
    '',
    effects.length === 0 ? 'Nothing follows.' : 'What follows:',
    ...effects
      .slice(0, MAX_PRINTED)
      .flatMap(({ words, chance, afterMs, loss: own, paths }) => [
        `  ${percent(chance).padStart(6)}  ${words} ${whenText(afterMs)}${own > 0 ? `, ${moneyText(own, currency)}` : ''}`,
        ...paths.map(pathText),
      ]),
    ...(effects.length + more > MAX_PRINTED ? [`  and ${effects.length + more - MAX_PRINTED} more`] : []),
    ...(services.length === 0 ? [] : ['', 'Services:']),
    ...services.flatMap(({ name, chance, afterMs, lossPerHour, loss: total, paths }) => [
      `  ${percent(chance).padStart(6)}  ${name} ${whenText(afterMs)}: up to ${moneyText(lossPerHour, currency)}/h, ${moneyText(total, currency)} in all`,
      ...paths.map(pathText),
    ]),
    '',
    `Expected loss: ${moneyText(loss.mean, currency)} (${moneyText(loss.p10, currency)} to ${moneyText(loss.p90, currency)}), ` +
      `up to ${moneyText(loss.perHour, currency)}/h`,
  ];
  return `${lines.join('\n')}\n`;
}

export function differenceText({
  changes,
  before,
  after,
  effects,
  services,
  loss,
}: CascadeDifference): string {
  const { currency } = after;
  const when = (ms: number | undefined) => (ms === undefined ? 'never' : durationText(ms));
  const lines = [
    `What if ${changes.join('; ')}:`,
    ...effects
      .slice(0, MAX_PRINTED)
      .map(
        ({ words, chance, afterMs }) =>
          `  ${words}: ${percent(chance.before)} → ${percent(chance.after)}, ${when(afterMs.before)} → ${when(afterMs.after)}`,
      ),
    ...services.map(
      ({ name, loss: lost }) =>
        `  ${name}: ${moneyText(lost.before, currency)} → ${moneyText(lost.after, currency)}`,
    ),
    `  Expected loss: ${moneyText(before.loss.mean, currency)} → ${moneyText(after.loss.mean, currency)} ` +
      `(${loss.mean <= 0 ? '−' : '+'}${moneyText(Math.abs(loss.mean), currency)}${
        loss.standardError === 0 ? '' : `, standard error ${moneyText(loss.standardError, currency)}`
      })`,
  ];
  return `${lines.join('\n')}\n`;
}
