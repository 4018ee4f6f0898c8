/** `gatehouse risk --graph FILE`: the risk register and what each mitigation is worth. */
import '../../devices/engine.ts';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../devices/configuration.ts';
import { readGraph } from '../cascade/read-graph.ts';
import { moneyText } from '../cascade/report-text.ts';
import { durationFromText, MAX_DURATION_MS } from '../cascade/spread.ts';
import { catalogueFile, catalogues, isCatalogue, readCatalogue } from './catalogue.ts';
import { riskRegister } from './register.ts';
import type { RiskRegister } from './report.ts';

const help = `gatehouse risk: what may happen, what it would cost a year, and what helps

Usage: gatehouse risk --graph FILE | --catalogue NAME [options]
       gatehouse risk --catalogue NAME --print

  --graph FILE      assets, dependencies, services, threats, weaknesses, mitigations: YAML or JSON
  --catalogue NAME  a starter file: ${catalogues.join(', ')}
  --print           prints the starter file, to begin your own with
  --lasting TIME    how long what happens lasts (what each threat says, else the horizon)
  --seed N          of the random numbers (1): the same seed gives the same answer
  --json            one line of JSON
  --help            this text

Exit status: 0 done, 1 the question is wrong, 2 the file is.
`;

/** Rows and mitigations printed; all of them are in the JSON. */
const MAX_PRINTED = 25;

function registerText({ currency, annual, inherentAnnual, rows, mitigations }: RiskRegister): string {
  const money = (amount: number) => moneyText(amount, currency);
  const lines = [
    `Expected loss: ${money(annual)} a year (${money(inherentAnnual)} without any mitigation)`,
    '',
    ...rows
      .slice(0, MAX_PRINTED)
      .flatMap(({ level, words, threat, weakness, perYear, impact, annual: each, follows }) => [
        `  ${level.padEnd(8)} ${money(each)}/year: ${words}, by ${threat.name}${weakness === undefined ? '' : ` (${weakness.name})`}`,
        `           ${Number(perYear.toPrecision(2))} times a year, ${money(impact)} each time`,
        ...(follows === undefined ? [] : [`           ${follows}`]),
      ]),
    ...(rows.length > MAX_PRINTED ? [`  and ${rows.length - MAX_PRINTED} more`] : []),
    '',
    'Mitigations, the best first:',
    ...mitigations
      .slice(0, MAX_PRINTED)
      .map(
        ({ name, inPlace, without, with: withIt, costPerYear, netPerYear }) =>
          `  ${inPlace ? 'in place' : 'possible'}  ${name}: ${money(without)} → ${money(withIt)} a year, costs ${money(costPerYear)}, ` +
          `net ${netPerYear < 0 ? '−' : ''}${money(Math.abs(netPerYear))}`,
      ),
  ];
  return `${lines.join('\n')}\n`;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      graph: { type: 'string' },
      catalogue: { type: 'string' },
      print: { type: 'boolean' },
      lasting: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(help);
    return;
  }
  const { graph, catalogue } = values;
  if ((graph === undefined) === (catalogue === undefined))
    throw new Error('needs either --graph or --catalogue');
  if (catalogue !== undefined && !isCatalogue(catalogue))
    throw new Error(`there is no catalogue "${catalogue}"; there are ${catalogues.join(', ')}`);
  if (values.print === true) {
    if (catalogue === undefined) throw new Error('--print goes with --catalogue');
    process.stdout.write(readFileSync(catalogueFile(catalogue), 'utf8'));
    return;
  }
  const seed = Number(values.seed ?? 1);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff)
    throw new Error('--seed takes a whole number from 0 to 4294967295');
  const lastingMs = values.lasting === undefined ? undefined : durationFromText(values.lasting);
  if (values.lasting !== undefined && (lastingMs === undefined || lastingMs > MAX_DURATION_MS))
    throw new Error('--lasting takes a number and a unit: 90s, 30min, 8h');
  const document = catalogue === undefined ? readGraph(graph ?? '') : readCatalogue(catalogue);
  const register = riskRegister(document, { seed, ...(lastingMs === undefined ? {} : { lastingMs }) });
  process.stdout.write(values.json === true ? `${JSON.stringify(register)}\n` : registerText(register));
}

// Whoever reads may stop reading (`| head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  main();
} catch (error) {
  const isFile = error instanceof ConfigurationError;
  const message = error instanceof Error ? error.message : String(error);
  const text = isFile
    ? message.replaceAll('\n', '\n  ')
    : `${message.split('\n')[0]}; "gatehouse risk --help" tells more`;
  process.stderr.write(`gatehouse risk: ${text}\n`);
  process.exitCode = isFile ? 2 : 1;
}
