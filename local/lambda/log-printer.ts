import { styleText } from 'node:util';
import { type LogFilter, passes } from './log-filter.ts';
import { LEVELS, type ReadLine, readLine } from './log-line.ts';
import type { InvocationError, LogLine } from './sandbox/messages.ts';

type Style = Parameters<typeof styleText>[0];

export interface LogPrinterOptions {
  write(text: string): void;
  /** One line for people; else each line as its function wrote it. */
  readable: boolean;
  colored: boolean;
  filters: readonly LogFilter[];
  /** The folder of a function by its name: `api/orders`. */
  folderOf(functionName: string): string;
  /** Rewrites a line of a stack to the sources. */
  original(line: string): string;
  now(): number;
}

/** Wide enough for most functions: what follows stands in columns. */
const SOURCE_WIDTH = 26;
/** `ord_` and a ULID. */
const ORDER_WIDTH = 30;
const LEVEL_STYLES: Record<ReadLine['level'], Style> = {
  debug: ['dim'],
  info: [],
  warn: ['yellow'],
  error: ['red', 'bold'],
};
/** Frames of what calls handlers say nothing about their code. */
const HOSTS_OWN = /\(?node:|\/local\/lambda\/sandbox\//;
/** Failures that were printed and whose invocation may say them again. */
const REMEMBERED = 200;

/**
 * Prints what functions log, one line each: time (UTC), function, order, message, fields; under a failure its stack, in TypeScript. Lines are
 * held until `open`, which comes after the banner; of the readable ones from before, only warnings and errors are worth reading then.
 */
export class LogPrinter {
  #options: LogPrinterOptions;
  #held: ReadLine[] | undefined = [];
  #told = new Set<string>();
  #pending = '';

  constructor(options: LogPrinterOptions) {
    this.#options = options;
  }

  line = (line: LogLine): void => {
    const { folderOf, now } = this.#options;
    this.#take(readLine(line, folderOf(line.functionName), now()));
  };

  /** What no function says of itself: that it timed out, could not be loaded, or threw. What it did say is not said twice. */
  invocationError = (functionName: string, requestId: string, error: InvocationError): void => {
    const { folderOf, now, readable } = this.#options;
    if (!readable || this.#told.has(tellingOf(requestId, error.errorType, error.errorMessage))) return;
    this.#take({
      source: folderOf(functionName),
      level: 'error',
      time: now(),
      requestId,
      message: 'invocation failed',
      orderId: undefined,
      fields: [],
      failure: { name: error.errorType, message: error.errorMessage, stack: error.trace?.join('\n') },
      text: JSON.stringify(error),
    });
  };

  open(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) {
      if (!this.#options.readable || LEVELS.indexOf(line.level) >= LEVELS.indexOf('warn')) this.#print(line);
    }
  }

  #take(line: ReadLine): void {
    if (line.failure) this.#remember(line.requestId, line.failure);
    if (!passes(line, this.#options.filters)) return;
    if (this.#held) this.#held.push(line);
    else this.#print(line);
  }

  #remember(requestId: string, { name, message }: NonNullable<ReadLine['failure']>): void {
    this.#told.add(tellingOf(requestId, name, message));
    for (const oldest of this.#told) {
      if (this.#told.size <= REMEMBERED) break;
      this.#told.delete(oldest);
    }
  }

  /** Lines of one turn of the event loop are one write: to a pipe or a terminal, a write waits until it is done. */
  #print(line: ReadLine): void {
    if (this.#pending === '') {
      setImmediate(() => {
        this.#options.write(this.#pending);
        this.#pending = '';
      });
    }
    this.#pending += this.#options.readable ? this.#readable(line) : `${line.text}\n`;
  }

  #readable(line: ReadLine): string {
    const time = new Date(line.time).toISOString().slice(11, 23);
    const level = line.level === 'info' ? '' : `${line.level.toUpperCase()} `;
    const columns = [
      this.#style('dim', time),
      line.source.padEnd(SOURCE_WIDTH),
      this.#style('cyan', (line.orderId ?? '').padEnd(ORDER_WIDTH)),
      this.#style(LEVEL_STYLES[line.level], `${level}${line.message}`),
      this.#style('dim', line.fields.join(' ')),
    ];
    return `${columns.join(' ').trimEnd()}\n${line.failure ? this.#failure(line.failure) : ''}`;
  }

  #failure({ name, message, stack, cause }: NonNullable<ReadLine['failure']>): string {
    const places = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line) && !HOSTS_OWN.test(line));
    const lines = [
      this.#style('red', `    ${name}: ${message}`),
      ...places.map((line) => this.#style('dim', `      ${this.#options.original(line).trim()}`)),
      ...(cause === undefined ? [] : [`    caused by ${cause}`]),
    ];
    return `${lines.join('\n')}\n`;
  }

  #style(style: Style, text: string): string {
    if (!this.#options.colored || text === '' || style.length === 0) return text;
    return styleText(style, text, { validateStream: false });
  }
}

const tellingOf = (requestId: string, name: string, message: string): string => `${requestId} ${name} ${message}`;
