import { functionFolders } from '../infra/bundle-functions.ts';
import { type CommandLine, UsageError } from './command-line.ts';
import { BundlePositions } from './lambda/bundle-positions.ts';
import { isOf } from './lambda/log-filter.ts';
import { LogPrinter } from './lambda/log-printer.ts';
import { namedAfter } from './watch/named-after.ts';

export interface FunctionLog {
  printer: LogPrinter;
  /** Whether what is printed may have colors. */
  colored: boolean;
  /** Bundles were replaced: positions in them mean something else now. */
  forgetPositions(): void;
}

/**
 * How functions' log lines reach standard output: readable on a terminal, as they are in a pipe or with `--json`.
 * @throws UsageError for a filter by a function that there is not
 */
export function functionLog({ json, log }: Pick<CommandLine, 'json' | 'log'>): FunctionLog {
  const folders = functionFolders();
  for (const filter of log) {
    if (filter.kind === 'function' && !folders.some((folder) => isOf(folder, filter.name))) {
      throw new UsageError(
        `--log ${filter.name}: neither a level nor an order nor one of the functions ${folders.join(', ')}.`,
      );
    }
  }
  const readable = process.stdout.isTTY && !json;
  // https://no-color.org: any value but an empty one.
  const colored = process.stdout.isTTY && !process.env.NO_COLOR;
  const positions = new BundlePositions();
  const printer = new LogPrinter({
    write: (text) => process.stdout.write(text),
    readable,
    colored,
    filters: log,
    folderOf: (name) => namedAfter(name, folders) ?? name,
    original: (line) => positions.original(line),
    now: () => Date.now(),
  });
  return { printer, colored, forgetPositions: () => positions.forget() };
}
