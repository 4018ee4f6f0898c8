/** For tests: what programs that did not write them say of our files. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The text of a PDF, page by page, and how many of its pages can be drawn. */
export function openedPdf(bytes: Uint8Array): {
  text: string;
  pages: number;
  drawn: number;
  isTagged: boolean;
  attached: Map<string, Buffer>;
} {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pdf-'));
  try {
    const file = join(folder, 'file.pdf');
    writeFileSync(file, bytes);
    const run = (program: string, ...options: string[]) => {
      const done = spawnSync(program, options, { encoding: 'utf8', cwd: folder });
      if (done.status !== 0 || done.stderr !== '')
        throw new Error(`${program}: ${done.stderr || done.error?.message || done.status}`);
      return done.stdout;
    };
    const information = run('pdfinfo', file);
    const text = run('pdftotext', '-layout', '-enc', 'UTF-8', file, '-');
    run('pdftoppm', '-r', '20', '-png', file, 'page');
    // It says by its exit code how many there are.
    spawnSync('pdfdetach', ['-saveall', file], { cwd: folder });
    const names = readdirSync(folder);
    return {
      text,
      pages: Number(/^Pages: +(\d+)/m.exec(information)?.[1]),
      drawn: names.filter((name) => name.endsWith('.png')).length,
      isTagged: /^Tagged: +yes/m.test(information),
      attached: new Map(
        names
          .filter((name) => !name.endsWith('.png') && name !== 'file.pdf')
          .map((name) => [name, readFileSync(join(folder, name))]),
      ),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A reader of CSV that knows nothing of the writer: one letter after the other, as RFC 4180 says. */
export function readCsvText(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let state: 'start' | 'plain' | 'quoted' | 'after-quote' = 'start';
  for (const letter of text) {
    if (state === 'quoted') {
      if (letter === '"') state = 'after-quote';
      else field += letter;
      continue;
    }
    if (letter === '"' && state === 'start') state = 'quoted';
    else if (letter === '"' && state === 'after-quote') {
      field += '"';
      state = 'quoted';
    } else if (letter === ',' || letter === '\n') {
      row.push(field.replace(/\r$/, ''));
      field = '';
      state = 'start';
      if (letter === '\n') {
        rows.push(row);
        row = [];
      }
    } else {
      field += letter;
      if (state === 'start') state = 'plain';
    }
  }
  if (field !== '' || row.length > 0) throw new Error('the last line is not ended');
  return rows;
}
