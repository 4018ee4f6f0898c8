/** `gatehouse registry export|import|check`: the registry in and out as files. */
import '../../devices/engine.ts';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../devices/configuration.ts';
import { registryDocument } from '../../devices/model/registry.ts';
import { readCloudConfiguration } from '../config.ts';
import { RegistryBook } from './book.ts';
import { type Difference, differenceOf, differenceWords } from './difference.ts';
import { type ImportedFile, withFiles, yamlText } from './exchange.ts';
import { tableNames, tableText } from './tables.ts';

const help = `gatehouse registry: people, badges, accounts, assets and addresses, in and out as files

Usage: gatehouse registry export --config FILE [--format yaml|csv] [--out FILE|FOLDER]
       gatehouse registry import --config FILE [--dry-run] FILE…
       gatehouse registry check [--config FILE] FILE…

export   the whole registry: the configuration's file, what was added since, and what was learned. YAML goes to
         standard output or the file of --out; CSV is one file a table (${tableNames.join(', ')}) in the folder of --out
import   YAML (whole or in part) and tables; each difference is told in a line. What was imported lies with the cloud's
         state, wins over the configuration's file, and counts from the cloud's next start on. Nothing is taken away.
check    whether files could be imported: on top of a cloud's registry, or by themselves

  --config FILE   the cloud's configuration
  --dry-run       tells the differences and changes nothing
  --help          this text

Exit status: 0 done, 1 the files can't be taken, 2 the question is wrong.
`;

class CommandProblem extends Error {}

function bookOf(config: string | undefined): RegistryBook {
  if (config === undefined) throw new CommandProblem('needs --config FILE');
  const configuration = readCloudConfiguration(config);
  const state = configuration.resolve(configuration.state);
  if (!existsSync(state)) mkdirSync(state, { recursive: true, mode: 0o700 });
  return new RegistryBook({
    given: configuration.registry.document,
    file: join(state, 'registry-overlay.json'),
    discoveryFile: join(state, 'discovered.json'),
  });
}

function filesOf(paths: readonly string[]): ImportedFile[] {
  if (paths.length === 0) throw new CommandProblem('needs a file; "gatehouse registry --help" tells more');
  return paths.map((path) => ({ name: path, text: readFileSync(path, 'utf8') }));
}

function tell(difference: Difference): void {
  for (const { list, id, change, fields } of difference.changes)
    process.stdout.write(`${change} ${list} ${id}${fields.length === 0 ? '' : `: ${fields.join('; ')}`}\n`);
  process.stdout.write(`${differenceWords(difference)}\n`);
}

function exportTo(book: RegistryBook, format: string, out: string | undefined): void {
  if (format === 'yaml') {
    const text = yamlText(book.document);
    if (out === undefined) process.stdout.write(text);
    else writeFileSync(out, text, { mode: 0o600 });
    return;
  }
  if (format !== 'csv') throw new CommandProblem('--format takes yaml or csv');
  if (out === undefined) throw new CommandProblem('--format csv needs --out FOLDER: a file for each table');
  mkdirSync(out, { recursive: true });
  for (const name of tableNames)
    writeFileSync(join(out, `${name}.csv`), tableText(name, book.document), { mode: 0o600 });
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      format: { type: 'string', default: 'yaml' },
      out: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [verb, ...paths] = positionals;
  if (values.help === true) {
    process.stdout.write(help);
    return;
  }
  if (verb === 'export') exportTo(bookOf(values.config), values.format, values.out);
  else if (verb === 'import') {
    const book = bookOf(values.config);
    const files = filesOf(paths);
    tell(values['dry-run'] ? book.preview(files) : book.import(files));
  } else if (verb === 'check') {
    const files = filesOf(paths);
    const empty = registryDocument.parse({ sites: [] });
    if (values.config === undefined) tell(differenceOf(empty, withFiles(empty, files)));
    else tell(bookOf(values.config).preview(files));
  } else throw new CommandProblem('export, import or check; "gatehouse registry --help" tells more');
}

try {
  main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    error instanceof ConfigurationError ? `${message}\n` : `gatehouse registry: ${message.split('\n')[0]}\n`,
  );
  const isQuestion =
    error instanceof CommandProblem ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE'));
  process.exitCode = isQuestion ? 2 : 1;
}
