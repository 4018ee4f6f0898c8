import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whole systems take minutes each: they begin first, so that no worker is left alone with one at the end. */
class WholeSystemsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWhole = ({ moduleId }: TestSpecification) => moduleId.includes('/scenarios/');
    return [...sorted.filter(isWhole), ...sorted.filter((file) => !isWhole(file))];
  }
}

export default defineConfig({
  test: {
    include: ['{devices,edge,cloud,firmware-bridge,simulators,dashboards,tools}/**/*.test.{ts,tsx}'],
    // Two cores, and many tests that wait for real time to pass: one more than cores; with more, servers starve each other.
    maxWorkers: 3,
    sequence: { sequencer: WholeSystemsFirst },
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
