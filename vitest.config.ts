import { defineConfig } from 'vitest/config';

/**
 * What decides and computes, and starts at most a small server of its own: these tests share a process, and its
 * modules, with those before them.
 */
const pure = [
  'devices/**',
  'edge/{cold-chain,panel,rules}/**',
  'firmware-bridge/{framing,llrp,modbus,nmea,osdp}/**',
  'cloud/{cascade,correlation,monitors,playbooks,redaction,sigma,situation,sources}/**',
  'dashboards/*',
  'dashboards/*/!(testing)',
].map((folder) => `${folder}/!(*.browser).test.ts`);
const all = '{devices,edge,cloud,firmware-bridge,simulators,dashboards,tools}/**/*.test.{ts,tsx}';
const packages = '**/node_modules/**';

export default defineConfig({
  test: {
    // Two cores, and many tests that wait for real time to pass. In vitest's own order: begun together, the whole
    // systems would starve each other.
    maxWorkers: 4,
    // As in the product: devices/engine.ts.
    execArgv: ['--no-maglev'],
    // A machine that others use as well takes its time over a browser or a thousand requests.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Real processes on a machine that stands still for seconds: a test may fail once, and npm test says so by name.
    retry: 1,
    projects: [
      { extends: true, test: { name: 'pure', include: pure, exclude: [packages], isolate: false } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: [all],
          exclude: [packages, ...pure],
          // One Chromium and one build of each application for all tests, when the first asks for them.
          globalSetup: ['dashboards/kit/testing/stage-setup.ts'],
        },
      },
    ],
  },
});
