import { open, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { Context } from 'hono';

/** No file of the pages is anywhere near this. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.map': 'application/json',
};

/** Vite names what never changes after its content: `assets/index-BxV3kR2a.js`. */
const isHashed = (path: string): boolean => /^\/assets\/[^/]+-[\w-]{8,}\.\w+$/.test(path);

const acceptsGzip = (context: Context): boolean =>
  /(?:^|[\s,])gzip(?![\s]*;[\s]*q=0(?:\.0*)?(?:,|$))/.test(context.req.header('accept-encoding') ?? '');

interface File {
  bytes: Uint8Array<ArrayBuffer>;
  modifiedMs: number;
}

/**
 * Serves the built pages of a folder, and nothing outside of it. Addresses that name no file get the page itself
 * where a browser asks for a page. What the build has compressed goes out so.
 */
export async function servePages(
  context: Context,
  folder: string,
  path = context.req.path,
): Promise<Response | undefined> {
  const isRoot = path === '/' || path === '/index.html';
  const wanted = isRoot ? '/index.html' : path;
  const asked = await fileAt(folder, wanted);
  const wantsPage = (context.req.header('accept') ?? '').includes('text/html') && extname(path) === '';
  const [file, name] =
    asked === undefined && wantsPage ? [await fileAt(folder, '/index.html'), '/index.html'] : [asked, wanted];
  if (file === undefined) {
    if (!isRoot) return undefined;
    return context.text(
      'The pages are not built. The API is at /api, its description at /openapi.json.',
      503,
    );
  }
  const type = types[extname(name)];
  if (type === undefined) return undefined;
  const packed = acceptsGzip(context) ? await fileAt(folder, `${name}.gz`) : undefined;
  const sent = packed ?? file;
  const tag = `"${sent.bytes.length.toString(36)}-${Math.round(sent.modifiedMs).toString(36)}"`;
  const headers = {
    'content-type': type,
    ...(packed === undefined ? {} : { 'content-encoding': 'gzip' }),
    vary: 'accept-encoding',
    'cache-control': isHashed(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: tag,
  };
  if (context.req.header('if-none-match') === tag) return context.body(null, 304, headers);
  return context.body(sent.bytes, 200, headers);
}

/** A regular file within the folder; links that lead out of it are not followed. */
async function fileAt(folder: string, path: string): Promise<File | undefined> {
  let name: string;
  try {
    name = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  // Names with dots in front and ways up are nobody's business; nor are backslashes and NUL.
  if (/[\\\0]/.test(name) || name.split('/').some((part) => part.startsWith('.'))) return undefined;
  let handle: Awaited<ReturnType<typeof open>> | undefined;
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, name));
    if (!file.startsWith(root + sep)) return undefined;
    handle = await open(file, 'r');
    const found = await handle.stat();
    if (!found.isFile() || found.size > MAX_FILE_BYTES) return undefined;
    return { bytes: Uint8Array.from(await handle.readFile()), modifiedMs: found.mtimeMs };
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}
