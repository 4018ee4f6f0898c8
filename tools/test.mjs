// npm test: sets up what the tests need, npm's and Debian's packages, then runs them all. Nothing is skipped unsaid.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensurePackages, ensurePages, pinnedNode, projectRoot, run, stop } from './runtime.mjs';

/** Folder of Debian's libraries for this processor. */
const multiarch = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';

/** Debian packages, with a file that shows that each is there. */
const debianPackages = [
  ['chromium', '/usr/bin/chromium'],
  ['mosquitto', '/usr/sbin/mosquitto'],
  ['gcc-avr', '/usr/bin/avr-gcc'],
  ['binutils-avr', '/usr/bin/avr-objcopy'],
  ['avr-libc', '/usr/lib/avr/include/avr/io.h'],
  ['arduino-core-avr', '/usr/share/arduino/hardware/arduino/avr/cores/arduino/Arduino.h'],
  ['influxdb', '/usr/bin/influxd'],
  ['socat', '/usr/bin/socat'],
  ['openssl', '/usr/bin/openssl'],
  ['bsdutils', '/usr/bin/logger'],
  ['nginx-light', '/usr/sbin/nginx'],
  ['rsyslog', '/usr/sbin/rsyslogd'],
  ['rsyslog-gnutls', `/usr/lib/${multiarch}/rsyslog/lmnsd_gtls.so`],
  ['protobuf-compiler', '/usr/bin/protoc'],
  ['mbpoll', '/usr/bin/mbpoll'],
  ['nut-server', '/lib/nut/nutdrv_qx'],
  ['nut-client', '/usr/bin/upsc'],
  ['gpsd', '/usr/sbin/gpsd'],
  ['gpsd-clients', '/usr/bin/gpspipe'],
  ['poppler-utils', '/usr/bin/pdftotext'],
  ['zint', '/usr/bin/zint'],
  ['dmtx-utils', '/usr/bin/dmtxread'],
  ['softhsm2', '/usr/bin/softhsm2-util'],
  ['opensc', '/usr/bin/pkcs11-tool'],
  ['make', '/usr/bin/make'],
  ['ffmpeg', '/usr/bin/ffmpeg'],
  ['python3-gi', '/usr/lib/python3/dist-packages/gi/__init__.py'],
  ['gstreamer1.0-plugins-base', `/usr/lib/${multiarch}/gstreamer-1.0/libgstvideotestsrc.so`],
  ['gstreamer1.0-plugins-good', `/usr/lib/${multiarch}/gstreamer-1.0/libgstrtp.so`],
  ['gstreamer1.0-plugins-ugly', `/usr/lib/${multiarch}/gstreamer-1.0/libgstx264.so`],
  ['gir1.2-gst-rtsp-server-1.0', `/usr/lib/${multiarch}/girepository-1.0/GstRtspServer-1.0.typelib`],
];

/** What the tests start many times, and often end without the time to keep what was compiled. */
const processes = ['edge/main.ts', 'cloud/main.ts', 'firmware-bridge/main.ts'];
const compile = (main) =>
  run(pinnedNode(), [join(projectRoot, main), '--help'], { stdio: ['ignore', 'ignore', 'inherit'] });

/** Lines that are shown of why a test failed at its first try. */
const MESSAGE_LINES = 6;

const missing = () =>
  debianPackages.filter(([, file]) => spawnSync('test', ['-e', file]).status !== 0).map(([name]) => name);

async function ensureDebianPackages() {
  const absent = missing();
  if (absent.length === 0) return;
  const byHand = `apt-get install --no-install-recommends ${absent.join(' ')}`;
  const canInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!canInstall) stop(`the tests need Debian packages that are not here; install them: ${byHand}`);
  process.stderr.write(`Installing Debian packages: ${absent.join(' ')} …\n`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { env: environment, stdio: ['ignore', 'ignore', 'inherit'] };
  await run('apt-get', ['update', '-qq'], quiet);
  const code = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...absent], quiet);
  const still = missing();
  if (code !== 0 || still.length > 0) stop(`apt-get ended with ${code}; still missing: ${still.join(' ')}`);
}

await ensurePackages();
await ensureDebianPackages();
await ensurePages();
await Promise.all(processes.map(compile));

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tests-'));
const report = join(folder, 'report.json');
const code = await run(pinnedNode(), [
  join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
try {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const again = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
      .map(({ fullName, failureMessages: [why] }) => {
        const first = why.split('\n').slice(0, MESSAGE_LINES).join('\n    ');
        return `${relative(projectRoot, name)}: ${fullName}\n    ${first}`;
      }),
  );
  if (again.length > 0)
    process.stdout.write(`Failed first, and passed when tried again:\n  ${again.join('\n  ')}\n`);
  process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`);
  process.exitCode = code !== 0 || numPassedTests === 0 ? code || 1 : 0;
} catch {
  process.stderr.write('gatehouse: the test runner left no report\n');
  process.exitCode = code || 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
