import { type Context, Hono } from 'hono';
import { servePages } from '../api/pages.ts';

/** The languages that a reader is led to; others are offered on every page. */
const PREFERRED = ['en', 'de', 'fr', 'es', 'it'];

/** The first of a browser's languages that there is. */
export const preferred = (accepted: string | undefined): string =>
  (accepted ?? '')
    .split(',')
    .map((one) => one.trim().slice(0, 2).toLowerCase())
    .find((tag) => PREFERRED.includes(tag)) ?? 'en';

/** The public site under `/learn/`: files of the build, and nothing else. Sets no cookie. */
export function learningPages(folder: string): Hono {
  const app = new Hono();
  app.get('/learn', (context) => context.redirect('/learn/', 308));
  app.get('/learn/*', async (context) => {
    const path = context.req.path.slice('/learn'.length);
    if (path === '/') {
      context.header('vary', 'accept-language');
      return context.redirect(`/learn/${preferred(context.req.header('accept-language'))}/`, 302);
    }
    const file = path.endsWith('/') ? `${path}index.html` : path;
    return (await servePages(context, folder, file)) ?? missing(context, folder, path);
  });
  return app;
}

async function missing(context: Context, folder: string, path: string): Promise<Response> {
  const tag = path.split('/')[1] ?? '';
  // Without its last stroke a page's own links would lead astray.
  if (
    PREFERRED.includes(tag) &&
    /^[\w/-]+[\w-]$/.test(path) &&
    (await has(context, folder, `${path}/index.html`))
  )
    return context.redirect(`/learn${path}/`, 308);
  const page = await servePages(
    context,
    folder,
    `/${PREFERRED.includes(tag) ? tag : 'en'}/missing/index.html`,
  );
  return page === undefined
    ? context.text('The learning pages are not built.', 503)
    : new Response(page.body, { status: 404, headers: page.headers });
}

const has = async (context: Context, folder: string, file: string): Promise<boolean> =>
  (await servePages(context, folder, file)) !== undefined;
