/**
 * Builds one application: `vite build --config dashboards/vite.config.ts --mode desk` (or `site`, …) takes
 * `dashboards/<mode>/index.html` to `dashboards/dist/<mode>`. Addresses are relative and nothing is inline, so
 * that any server can serve it at any path under `script-src 'self'; style-src 'self'`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { allPages } from './awareness/pages/build.ts';

/** What a page may load before it is usable, gzip. */
const MAX_JAVASCRIPT_BYTES = 60_000;

/** Prints what a browser loads at once, compressed, and fails the build above the bound. */
function sizeBound(): Plugin {
  return {
    name: 'gatehouse-size-bound',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const atOnce = new Set(chunks.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName));
      for (const name of atOnce) {
        const chunk = chunks.find(({ fileName }) => fileName === name);
        for (const needed of chunk?.imports ?? []) atOnce.add(needed);
      }
      const bytes = chunks
        .filter(({ fileName }) => atOnce.has(fileName))
        .reduce((sum, { code }) => sum + gzipSync(code).length, 0);
      const words = `JavaScript at start: ${(bytes / 1_000).toFixed(1)} kB gzip of ${MAX_JAVASCRIPT_BYTES / 1_000} kB`;
      if (bytes > MAX_JAVASCRIPT_BYTES) this.error(words);
      this.info(words);
      console.log(words);
    },
  };
}

/**
 * Puts an application's own `public` folder beside the kit's. In a service worker, `__VERSION__` becomes a digest of
 * the build and `['__FILES__']` the names of its files.
 */
function ownFiles(folder: string): Plugin {
  return {
    name: 'gatehouse-own-files',
    // After the pages are written: a service worker is told of them as well.
    enforce: 'post',
    generateBundle(_options, bundle) {
      if (!existsSync(folder)) return;
      const own = readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
      const digest = createHash('sha256');
      const names = ['./', './theme.js', './favicon.svg'];
      for (const [name, file] of Object.entries(bundle)) {
        names.push(`./${name}`);
        digest.update(name).update(file.type === 'chunk' ? file.code : file.source);
      }
      for (const { name, bytes } of own) {
        digest.update(bytes);
        if (name !== 'service-worker.js') names.push(`./${name}`);
      }
      const kept = names.filter((name) => name !== './index.html').map((name) => `'${name}'`);
      for (const { name, bytes } of own) {
        const source =
          name === 'service-worker.js'
            ? bytes
                .toString()
                .replace('__VERSION__', digest.copy().digest('hex').slice(0, 16))
                .replace("'__FILES__'", kept.join(', '))
            : bytes;
        this.emitFile({ type: 'asset', fileName: name, source });
      }
    },
  };
}

interface Modules {
  getModuleInfo(id: string): { readonly isEntry: boolean; readonly importers: readonly string[] } | null;
}

/** Whether a module is fetched with the page itself: something that is leads to it by an ordinary import. */
function isAtOnce(id: string, modules: Modules): boolean {
  const seen = new Set<string>();
  const look = (one: string): boolean => {
    if (seen.has(one)) return false;
    seen.add(one);
    const known = modules.getModuleInfo(one);
    return known !== null && (known.isEntry || known.importers.some(look));
  };
  return look(id);
}

/** The site of lessons is written page by page, so that it can be read without a script. */
function writtenPages(): Plugin {
  return {
    name: 'gatehouse-written-pages',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry);
      if (entry === undefined) this.error('the bundle has no entry');
      const styles = Object.keys(bundle).filter((name) => name.endsWith('.css'));
      delete bundle['index.html'];
      for (const { file, text } of allPages({ script: entry.fileName, styles }))
        this.emitFile({ type: 'asset', fileName: file, source: text });
    },
  };
}

export default defineConfig(({ mode }) => {
  const root = new URL(`./${mode}/`, import.meta.url).pathname;
  return {
    root,
    base: './',
    publicDir: new URL('./kit/public/', import.meta.url).pathname,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    plugins: [sizeBound(), ...(mode === 'awareness' ? [writtenPages()] : []), ownFiles(join(root, 'public'))],
    build: {
      outDir: new URL(`./dist/${mode}/`, import.meta.url).pathname,
      emptyOutDir: true,
      target: 'es2023',
      // Inlined files would need `data:` in the policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: true,
      rolldownOptions: {
        output: {
          // One file for all that the first look needs: a dozen small ones are a dozen questions to the server.
          codeSplitting: {
            groups: [{ name: (id, modules) => (isAtOnce(id, modules) ? 'start' : null), debugName: 'start' }],
          },
        },
      },
    },
  };
});
