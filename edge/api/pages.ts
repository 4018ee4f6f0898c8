/** The files of the built page, read once: nothing that a request says becomes a path on the disk. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { Context } from 'hono';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Files of one page; a build has a dozen. */
const MAX_FILES = 500;
const MAX_FILE_BYTES = 8 * 1024 * 1024;

interface PageFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** The same as the build has compressed it. */
  packed?: Uint8Array<ArrayBuffer>;
  type: string;
  tag: string;
  /** Its name changes with its content. */
  named: boolean;
}

function filesIn(directory: string): Map<string, PageFile> {
  const files = new Map<string, PageFile>();
  let entries: ReturnType<typeof list>;
  try {
    entries = list(directory);
  } catch {
    return files;
  }
  for (const entry of entries.slice(0, MAX_FILES)) {
    const path = join(entry.parentPath, entry.name);
    const type = types[extname(entry.name)];
    if (type === undefined || statSync(path).size > MAX_FILE_BYTES) continue;
    const bytes = Uint8Array.from(readFileSync(path));
    const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    const address = `/${relative(directory, path).split(sep).join('/')}`;
    const packed = packedBeside(path);
    files.set(address, {
      bytes,
      ...(packed === undefined ? {} : { packed }),
      type,
      tag,
      named: address.startsWith('/assets/'),
    });
  }
  return files;
}

function packedBeside(path: string): Uint8Array<ArrayBuffer> | undefined {
  const packed = `${path}.gz`;
  return existsSync(packed) ? Uint8Array.from(readFileSync(packed)) : undefined;
}

const acceptsGzip = (context: Context): boolean =>
  /(?:^|[\s,])gzip(?![\s]*;[\s]*q=0(?:\.0*)?(?:,|$))/.test(context.req.header('accept-encoding') ?? '');

const list = (directory: string) =>
  readdirSync(directory, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());

const notBuilt =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Gatehouse</title><h1>The page is not built</h1>' +
  '<p>The gateway is running. Build its page with <code>node dashboards/build.ts</code> and start it again.</p>';

/** Serves a built page; looks again for one that was not there at the start. */
export function pageFiles(directory: string): (context: Context) => Response | Promise<Response> {
  let files = filesIn(directory);
  return (context) => {
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') return context.notFound();
    if (files.size === 0) files = filesIn(directory);
    const { path } = context.req;
    if (files.size === 0 && path === '/') return context.html(notBuilt, 503);
    const file = files.get(path === '/' ? '/index.html' : path);
    if (file === undefined) return context.notFound();
    const packed = acceptsGzip(context) ? file.packed : undefined;
    const tag = packed === undefined ? file.tag : file.tag.replace(/"$/, '-gzip"');
    context.header('Content-Type', file.type);
    context.header('ETag', tag);
    context.header('Vary', 'Accept-Encoding');
    if (packed !== undefined) context.header('Content-Encoding', 'gzip');
    context.header('Cache-Control', file.named ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (context.req.header('if-none-match') === tag) return context.body(null, 304);
    return context.req.method === 'HEAD' ? context.body(null) : context.body(packed ?? file.bytes);
  };
}
