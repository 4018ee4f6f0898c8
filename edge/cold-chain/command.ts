/** `gatehouse record verify FILE.csv FILE.sig`: whether a record is as the gateway sealed it, and what was altered. */
import '../../devices/engine.ts';
import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { sealDocument, verifySeal } from './seal.ts';

const usage = 'usage: gatehouse record verify FILE.csv|FILE.pdf FILE.sig [--key FINGERPRINT]';

const help = `gatehouse record: cold chain records that were handed over

${usage}

  verify            is the file as the gateway sealed it? Names each line that was altered, added or removed.
                    Works anywhere, without the gateway.
  --key FINGERPRINT the gateway's key as it is known from elsewhere: printed on every record, shown at the
                    site page. Without it, the seal proves only that whoever made it made the file.

Ends with 0 when nothing was altered, with 1 when something was, with 2 when it could not be checked.
`;

/** A larger file is no record. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

interface Terminal {
  print(line: string): void;
  complain(line: string): void;
}

/** The command. Gives back the exit code. */
export function main(args: readonly string[], { print, complain }: Terminal): number {
  if (args.includes('--help')) {
    print(help.trimEnd());
    return 0;
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { key: { type: 'string' } },
    });
    const [what, file, seal, ...rest] = positionals;
    if (what !== 'verify' || file === undefined || seal === undefined || rest.length > 0)
      throw new RangeError(usage);
    return verified(file, seal, values.key, print);
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return 2;
  }
}

function verified(file: string, sealFile: string, key: string | undefined, print: Terminal['print']): number {
  const bytes = contentOf(file);
  const read = sealDocument.safeParse(parsed(contentOf(sealFile).toString('utf8'), sealFile));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new RangeError(`${sealFile} is no seal: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { statement, fingerprint, signature } = read.data;
  const { isGenuine, problems } = verifySeal(bytes, read.data, key);
  if (!isGenuine) {
    print(`${file}: ALTERED`);
    for (const problem of problems) print(`  ${problem}`);
    return 1;
  }
  print(`${file}: as it was sealed`);
  print(`  ${statement.fridge} of ${statement.site}, ${statement.period}, as of ${statement.asOf}`);
  print(`  by gateway ${statement.gateway} with the key ${fingerprint}`);
  print(`  signature ${signature}`);
  print(
    `  cold chain journal ${statement.journal.month} line ${statement.journal.line}: ${statement.journal.chain}`,
  );
  if (statement.log !== undefined) print(`  gateway log ${statement.log.record}: ${statement.log.chain}`);
  if (key === undefined)
    print('  Compare the key with the one that you know of this gateway, or give it with --key.');
  return 0;
}

function contentOf(file: string): Buffer {
  if (statSync(file).size > MAX_FILE_BYTES)
    throw new RangeError(`${file} is larger than ${MAX_FILE_BYTES} bytes`);
  return readFileSync(file);
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError(`${file} is no seal: it is not JSON`);
  }
}

if (import.meta.main) {
  const lines: string[] = [];
  process.exitCode = main(process.argv.slice(2), {
    print: (line) => void lines.push(`${line}\n`),
    complain: (line) => void process.stderr.write(`gatehouse record: ${line}\n`),
  });
  // At once: whoever reads only the first line has got all the same.
  process.stdout.write(lines.join(''));
}
