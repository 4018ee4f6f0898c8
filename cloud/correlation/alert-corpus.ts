/** Reads alerts of a labelled corpus (AIT Alert Data Set: time, name, ip, host, short, time_label, event_label). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const COLUMNS = 'time,name,ip,host,short,time_label,event_label';
/** What stands in the label of an alert that is no attack. */
const NO_STEP = '-';
const ENDING = /\.csv(\.gz)?$/;

export interface Alert {
  /** Line number. */
  readonly id: string;
  readonly at: number;
  readonly rule: string;
  readonly source: string;
  readonly host: string;
  readonly ip: string;
  /** Which step of the attack it is of; undefined: none. Never shown to the correlator. */
  readonly step: string | undefined;
}

/** The scenarios of a folder: each file of alerts, but not others that lie beside them. */
export function scenariosIn(folder: string): { readonly name: string; readonly file: string }[] {
  const found = readdirSync(folder)
    .filter((file) => ENDING.test(file))
    .map((file) => ({ name: file.replace(ENDING, ''), file: join(folder, file) }))
    .filter(({ file }) => textOf(file).startsWith(`${COLUMNS}\n`))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (found.length === 0) throw new Error(`${folder}: no .csv or .csv.gz with the columns ${COLUMNS}`);
  return found;
}

const textOf = (file: string): string => {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

/** @throws Error that names the file and the line */
export function alertsOf(file: string): Alert[] {
  const alerts: Alert[] = [];
  const lines = textOf(file).split('\n');
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    // Names hold commas, so the columns behind them are counted from the right.
    const fields = line.split(',');
    const [ip, host, , , label] = fields.slice(-5);
    const seconds = Number(fields[0]);
    if (fields.length < 7 || ip === undefined || host === undefined || !Number.isInteger(seconds))
      throw new Error(`${file}: line ${index + 1}: expected ${COLUMNS}`);
    const rule = fields.slice(1, -5).join(',');
    alerts.push({
      id: String(index + 1),
      at: seconds * 1_000,
      rule,
      source: rule.split(':', 1)[0] ?? '',
      host,
      ip,
      step: label === NO_STEP ? undefined : label,
    });
  }
  return alerts;
}

/** One line of the correlator's input: no label. */
export const lineOf = ({ id, at, rule, source, host, ip }: Alert): string =>
  `${JSON.stringify({ id, at, rule, source, assets: [host], observables: { ip } })}\n`;
