import type { LogLine } from './sandbox/messages.ts';

const KEPT_PER_FUNCTION = 1000;

/** What functions print. Kept in memory only, the last 1,000 lines of each; `BATUTA_LOG=debug` copies it to stderr. */
export class FunctionLogs {
  #byFunction = new Map<string, LogLine[]>();
  #onLog: (line: LogLine) => void;

  constructor(onLog: ((line: LogLine) => void) | undefined) {
    this.#onLog = onLog ?? (process.env.BATUTA_LOG === 'debug' ? printLine : () => {});
  }

  append(lines: LogLine[]): void {
    for (const line of lines) {
      const kept = this.#byFunction.get(line.functionName) ?? [];
      this.#byFunction.set(line.functionName, kept);
      kept.push(line);
      // Trimmed in steps, not at every line: shifting a long array each time would cost more than the log.
      if (kept.length >= 2 * KEPT_PER_FUNCTION) kept.splice(0, kept.length - KEPT_PER_FUNCTION);
      this.#onLog(line);
    }
  }

  of(functionName: string): LogLine[] {
    return (this.#byFunction.get(functionName) ?? []).slice(-KEPT_PER_FUNCTION);
  }
}

function printLine(line: LogLine): void {
  process.stderr.write(`${line.functionName} ${line.requestId} ${line.text}\n`);
}
