import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take long though they are short, by what their names end with. Vitest starts the longest first, but on a fresh clone it has no
 * times yet and goes by size: one of these would then run on alone, with the other core idle.
 */
const LONG = [
  'workflows/large-order.test.ts',
  'workflows/reroute.test.ts',
  'workflows/workflows.test.ts',
  'workflows/order-lines.test.ts',
  'workflows/segments.test.ts',
  'infra/command-line.test.ts',
  'iam/every-grant-is-used.test.ts',
  'e2e/development.test.ts',
  'e2e/disk-full.test.ts',
  'e2e/crash.test.ts',
  'e2e/backup.test.ts',
  'model/orders.test.ts',
  'stores/hot-sku.test.ts',
  'stores/invoice-numbers.test.ts',
];

const isLong = ({ moduleId }: TestSpecification): boolean => LONG.some((end) => moduleId.endsWith(`/${end}`));

/** As vitest sorts, and of each project those that are known to be long before the others. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project.name))];
    return projects.flatMap((name) => {
      const mine = sorted.filter(({ project }) => project.name === name);
      return [...mine.filter(isLong), ...mine.filter((file) => !isLong(file))];
    });
  }
}
