import { Console } from 'node:console';
import { EventEmitter } from 'node:events';
import type http from 'node:http';
import { Writable } from 'node:stream';

/** What differs from one function to the next though all share a thread: every bundle sees these instead of the host's own. */
export interface FunctionGlobals {
  /** Free names of the bundle's code and their values. */
  scope: Record<string, unknown>;
  /** The same by way of `require`. */
  process: NodeJS.Process;
  console: Console;
  timers: TimerFunctions;
  /** Not a free name: only by way of `require`. Undefined = Node's own. */
  http?: typeof http | undefined;
}

/** The kernel's clock as a sandbox under virtual time sees it. */
export interface TimerFunctions {
  setTimeout: typeof setTimeout;
  clearTimeout: typeof clearTimeout;
  setInterval: typeof setInterval;
  clearInterval: typeof clearInterval;
}

export const hostTimers: TimerFunctions = { setTimeout, clearTimeout, setInterval, clearInterval };

export function functionGlobals(
  environment: Record<string, string>,
  write: (text: string) => void,
  exit: (code: number) => never,
  time: { Date: DateConstructor; timers: TimerFunctions },
): FunctionGlobals {
  const stdout = lineStream(write);
  const stderr = lineStream(write);
  const console = new Console({ stdout, stderr });
  const process = functionProcess(environment, stdout, stderr, exit);
  const own = { process, console, Date: time.Date, ...time.timers };
  const global = functionGlobal({ ...own });
  return { scope: { ...own, globalThis: global, global }, process, console, timers: time.timers };
}

/**
 * For code that functions share: its `process` and `console` are those of the function on whose behalf it runs.
 * @param current the globals of that function
 */
export function sharedGlobals(
  current: () => FunctionGlobals,
  time: { Date: DateConstructor; timers: TimerFunctions },
): FunctionGlobals {
  const process = forwarding<NodeJS.Process>(() => current().process);
  const console = forwarding<Console>(() => current().console);
  const own = { process, console, Date: time.Date, ...time.timers };
  const global = functionGlobal({ ...own });
  return { scope: { ...own, globalThis: global, global }, process, console, timers: time.timers };
}

/** Stands for whatever object is asked for at that moment. */
function forwarding<T extends object>(current: () => T): T {
  const handler: ProxyHandler<T> = {
    get: (_, key) => Reflect.get(current(), key),
    set: (_, key, value) => Reflect.set(current(), key, value),
    has: (_, key) => Reflect.has(current(), key),
  };
  return new Proxy(Object.create(null), handler);
}

/**
 * A `process` whose environment, output, exit and listeners are the function's own. The rest is the host's; what is called on it
 * must not depend on `this` being the real one, which holds for the methods that libraries use.
 */
function functionProcess(
  environment: Record<string, string>,
  stdout: Writable,
  stderr: Writable,
  exit: (code: number) => never,
): NodeJS.Process {
  const listeners = new EventEmitter();
  const own: Record<string, unknown> = {
    env: { ...environment },
    stdout,
    stderr,
    exit: (code?: number) => exit(Number(code ?? 0)),
    reallyExit: (code?: number) => exit(Number(code ?? 0)),
    abort: () => exit(134),
  };
  const self: NodeJS.Process = Object.create(process);
  // A listener on the real process (SIGTERM, uncaughtException) would outlive the function's reload and hear its neighbors.
  for (const name of ['on', 'once', 'off', 'emit', 'addListener', 'removeListener', 'removeAllListeners'] as const) {
    const method: (...args: never[]) => unknown = listeners[name].bind(listeners);
    own[name] = (...args: never[]) => {
      const result = method(...args);
      return result === listeners ? self : result;
    };
  }
  for (const [key, value] of Object.entries(own)) Object.defineProperty(self, key, { value, configurable: true });
  return self;
}

/** A `globalThis` on which a function's own writes stay its own. A Proxy, because getters such as `crypto` insist on the real receiver. */
function functionGlobal(overlay: Record<PropertyKey, unknown>): typeof globalThis {
  const proxy: typeof globalThis = new Proxy(globalThis, {
    get: (target, key) => (Object.hasOwn(overlay, key) ? overlay[key] : Reflect.get(target, key)),
    has: (target, key) => Object.hasOwn(overlay, key) || Reflect.has(target, key),
    set(_target, key, value) {
      overlay[key] = value;
      return true;
    },
    defineProperty(_target, key, descriptor) {
      // A proxy may not report success for a non-configurable property that its target lacks.
      return Reflect.defineProperty(overlay, key, { ...descriptor, configurable: true });
    },
    getOwnPropertyDescriptor(target, key) {
      const own = Reflect.getOwnPropertyDescriptor(overlay, key);
      return own ? { ...own, configurable: true } : Reflect.getOwnPropertyDescriptor(target, key);
    },
    deleteProperty: (_target, key) => Reflect.deleteProperty(overlay, key),
  });
  overlay.globalThis = proxy;
  overlay.global = proxy;
  return proxy;
}

/** A log takes lines: what is written without a line end is a line of its own, as in Lambda's. */
function lineStream(write: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      for (const line of chunk.toString().replace(/\n$/, '').split('\n')) write(line);
      done();
    },
  });
}
