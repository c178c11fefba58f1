import { LEVELS, type Level, type ReadLine } from './log-line.ts';

export type LogFilter =
  | { kind: 'level'; level: Level }
  | { kind: 'order'; orderId: string }
  /** `api/orders`, `orders`, or all of a kind: `steps`. */
  | { kind: 'function'; name: string }
  | { kind: 'off' };

/** @param text a level, an order's id, a function or a kind of functions, or `off` */
export function parseLogFilter(text: string): LogFilter {
  if (text === 'off') return { kind: 'off' };
  const level = LEVELS.find((each) => each === text.toLowerCase());
  if (level) return { kind: 'level', level };
  return text.startsWith('ord_') ? { kind: 'order', orderId: text } : { kind: 'function', name: text };
}

export function passes(line: ReadLine, filters: readonly LogFilter[]): boolean {
  return filters.every((filter) => holds(filter, line));
}

function holds(filter: LogFilter, line: ReadLine): boolean {
  switch (filter.kind) {
    case 'off':
      return false;
    case 'level':
      return LEVELS.indexOf(line.level) >= LEVELS.indexOf(filter.level);
    case 'order':
      // Events and failures name orders in other fields, too.
      return line.text.includes(filter.orderId);
    case 'function':
      return isOf(line.source, filter.name);
  }
}

/** Whether `name` stands for the function of that folder. */
export function isOf(folder: string, name: string): boolean {
  return folder === name || folder.startsWith(`${name}/`) || folder.endsWith(`/${name}`);
}
