import type { LogLine } from './sandbox/messages.ts';

const KEPT_PER_FUNCTION = 1000;
/** Trimmed in steps, not at every line: shifting a long array each time would cost more than the log. */
const TRIMMED_AT = KEPT_PER_FUNCTION + 100;

/**
 * What functions print, and what Lambda reports of their invocations. Kept in memory only, the last 1,000 lines of each function;
 * `BATUTA_LOG=debug` copies what they print to stderr.
 */
export class FunctionLogs {
  #byFunction = new Map<string, LogLine[]>();
  #onLog: (line: LogLine) => void;
  #now: () => number;
  #count = 0;

  constructor(onLog: ((line: LogLine) => void) | undefined, now: () => number) {
    this.#now = now;
    this.#onLog = onLog ?? (process.env.BATUTA_LOG === 'debug' ? printLine : () => {});
  }

  append(lines: LogLine[]): void {
    const time = this.#now();
    for (const line of lines) {
      line.time = time;
      this.#keep(line);
      this.#onLog(line);
    }
  }

  /** Kept among the function's lines; printed nowhere. */
  report(functionName: string, requestId: string, text: string): void {
    this.#keep({ functionName, requestId, text, time: this.#now(), platform: true });
  }

  #keep(line: LogLine): void {
    this.#count += 1;
    line.number = this.#count;
    const kept = this.#byFunction.get(line.functionName) ?? [];
    this.#byFunction.set(line.functionName, kept);
    kept.push(line);
    if (kept.length >= TRIMMED_AT) kept.splice(0, kept.length - KEPT_PER_FUNCTION);
  }

  of(functionName: string): LogLine[] {
    return (this.#byFunction.get(functionName) ?? []).slice(-KEPT_PER_FUNCTION);
  }
}

function printLine(line: LogLine): void {
  process.stderr.write(`${line.functionName} ${line.requestId} ${line.text}\n`);
}
