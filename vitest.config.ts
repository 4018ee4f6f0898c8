import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{devices,edge,cloud,firmware-bridge,simulators,dashboards,tools}/**/*.test.{ts,tsx}'],
    // Two cores: one worker a core, so that real servers in one test do not starve those in another.
    maxWorkers: 2,
    // Real processes on a machine that others use too: in continuous integration a test may fail once. The report
    // says of each that needed it; on a developer's machine none gets a second chance.
    retry: process.env.CI === undefined ? 0 : 1,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
