import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{devices,edge,cloud,firmware-bridge,simulators,dashboards,tools}/**/*.test.{ts,tsx}'],
    // Two cores: one worker a core, so that real servers in one test do not starve those in another.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
