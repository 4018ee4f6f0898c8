/** `gatehouse verify FILE|DIR`: whether an export of the audit trail, or a copy of it, is what was written down. */
import '../../devices/engine.ts';
import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isTar } from '../evidence/tar.ts';
import { verifyBundle } from '../evidence/verify-bundle.ts';
import { linesOf } from './lines.ts';
import { type NoteKey, noteKeyFrom } from './note.ts';
import { exitStatus, verdictText } from './verdict.ts';
import { NotAnExport, verifyExport } from './verify.ts';
import { verifyFolder } from './verify-folder.ts';

const help = `gatehouse verify: whether an audit trail is what was written down

Usage: gatehouse verify FILE|DIR [--key KEY] [--checkpoint FILE] [--json]

  FILE               an export (GET /api/audit/export); it needs nothing else
  FILE.tar           the evidence of an incident (GET /api/incidents/ID/bundle); it needs nothing else
  DIR                a copy of the log itself: the folder "audit" of a cloud's state directory
  --key KEY          the key that must have signed, or a file that holds it (GET /api/audit/key); without it the key
                     in the export counts, and whoever altered both would not be noticed
  --checkpoint FILE  a checkpoint that you kept earlier: the log must go on from it
  --json             one line of JSON
  --help             this text

It names the first entry or record that was altered, is missing, was put in or moved.

Exit status: 0 verified; 1 malicious: something was altered; 2 it can't be read; 3 synchronising: all that is covered
is right, the newest is not covered yet; 4 outdated: it ends before the checkpoint that you hold.
`;

function stopWith(line: string): never {
  process.stderr.write(`gatehouse verify: ${line}\n`);
  process.exit(2);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Enough of a file to see what it is. */
function readFirst(path: string): Uint8Array {
  const bytes = new Uint8Array(512);
  const file = openSync(path, 'r');
  try {
    readSync(file, bytes);
  } finally {
    closeSync(file);
  }
  return bytes;
}

function keyFrom(given: string): NoteKey {
  const key = noteKeyFrom(given) ?? noteKeyFrom(readFileSync(given, 'utf8'));
  if (key === undefined) throw new Error(`${given}: expected a key such as name+1a2b3c4d+AbC…`);
  return key;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: { type: 'string' },
      checkpoint: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(help);
    return;
  }
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new Error('needs one FILE or DIR; --help tells more');
  const wishes = {
    ...(values.key === undefined ? {} : { key: keyFrom(values.key) }),
    ...(values.checkpoint === undefined ? {} : { checkpoint: readFileSync(values.checkpoint, 'utf8') }),
  };
  const verdict = statSync(path).isDirectory()
    ? await verifyFolder(path, wishes)
    : isTar(readFirst(path))
      ? await verifyBundle(readFileSync(path), wishes)
      : await verifyExport(linesOf(createReadStream(path)), wishes);
  process.stdout.write(values.json === true ? `${JSON.stringify(verdict)}\n` : verdictText(verdict));
  process.exitCode = exitStatus[verdict.state];
}

await main().catch((error: unknown) =>
  stopWith(error instanceof NotAnExport ? `this is no export: ${error.message}` : messageOf(error)),
);
