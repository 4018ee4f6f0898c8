/** Files that are not what they were. */
import { changeMonitor } from '../change-monitor.ts';
import { announcement, MINUTE, own, seen } from './seen.ts';

const file = seen(
  'file.changed',
  { change: 'updated', file: '/var/www/shop/index.php', expected: false },
  'integrity:file-watch',
);
const program =
  /\.(?:php\d?|phtml|phar|jsp|aspx?|cgi|pl|py|sh|js|mjs|cjs|exe|dll|so)$|\/\.htaccess$|\/\.user\.ini$/i;
export const fileChanged = changeMonitor({
  kind: 'integrity-file-changed',
  title: 'File changed',
  observes: 'file.changed',
  concerns: ({ expected }) => expected === false,
  subject: () => '',
  tactic: 'T1505.003',
  judge(_, __, changes) {
    const paths = [...new Set(changes.map(({ facts }) => String(facts?.file ?? '')))].sort();
    const created = changes.find(
      ({ facts }) => facts?.change === 'created' && program.test(String(facts.file)),
    );
    const [first = 'a file'] = paths;
    const what = paths.length === 1 ? first : `${first} and ${paths.length - 1} more`;
    if (created !== undefined)
      return {
        severity: 'high',
        summary: `A program that nobody had announced lies on the server: ${created.facts?.file}${paths.length > 1 ? `; ${paths.length} files are not what they were` : ''}`,
      };
    return {
      severity: paths.some((path) => program.test(path)) ? 'high' : 'medium',
      summary: `${what} ${paths.length === 1 ? 'is' : 'are'} not what ${paths.length === 1 ? 'it was' : 'they were'}, and nobody had announced it`,
    };
  },
  samples: [
    { name: 'a program was changed', observations: [file(0)], expect: [{ at: 0, severity: 'high' }] },
    {
      name: 'a program was left on the server',
      observations: [file(0, { change: 'created', file: '/var/www/shop/uploads/x.php' })],
      expect: [{ at: 0, severity: 'high' }],
    },
    {
      name: 'pictures were changed, all at once',
      observations: [file(0, { file: '/var/www/shop/a.png' }), file(1_000, { file: '/var/www/shop/b.png' })],
      expect: [{ at: 0, severity: 'medium', count: 2 }],
    },
    { name: 'announced', observations: [file(0, { expected: true })], expect: [] },
    {
      name: 'announced by the deployment itself, later',
      observations: [file(0, {}, { hash: own }), announcement(MINUTE, own)],
      expect: [],
    },
    {
      name: 'what others report of files is theirs to judge',
      observations: [{ ...file(0), source: 'integrity-report:tripwire' }],
      expect: [],
    },
  ],
});

/** Every rule over pages, certificates and files. */
