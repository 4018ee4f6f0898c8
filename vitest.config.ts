import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{devices,edge,cloud,firmware-bridge,simulators,dashboards,tools}/**/*.test.{ts,tsx}'],
    // One Chromium and one build of each application for all tests, when the first asks for them.
    globalSetup: ['dashboards/kit/testing/stage-setup.ts'],
    // Two cores, and many tests that wait for real time to pass: one more than cores; with more, servers starve each
    // other. In vitest's own order: begun together, the whole systems would, too.
    maxWorkers: 3,
    // As in the product: devices/engine.ts.
    execArgv: ['--no-maglev'],
    // A machine that others use as well takes its time over a browser or a thousand requests.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Real processes on a machine that stands still for seconds: a test may fail once, and npm test says so by name.
    retry: 1,
  },
});
